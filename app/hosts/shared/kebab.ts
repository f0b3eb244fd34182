/** A name of the contract as it is typed: `addModel` is `add-model`. */
export const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
