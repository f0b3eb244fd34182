/** Why there is no newer version, in a sentence for a person; what others throw is told shortened and with its source. */
export class UpdateProblem extends Error {}
