/**
 * The service's description (OpenAPI 3.1.1, https://spec.openapis.org/oas/v3.1.1.html), made from the table of commands: what
 * a command's fields are called, mean and may be is said once, in the contract.
 */
import * as z from 'zod';
import { commands, jobStates, type CommandDefinition } from '../../contract/index.ts';
import { counted } from '../../contract/fields.ts';
import { progressSchema, failureSchema } from '../../contract/jobs.ts';
import { isServed } from '../../contract/serve.ts';
import { say } from './sentences.ts';

type Json = Record<string, unknown>;

/** The commands of a service, by id. */
export const served: ReadonlyMap<string, CommandDefinition> = new Map(
  Object.entries<CommandDefinition>(commands).filter(([, definition]) => isServed(definition)),
);

/** Fields that whoever asks may set: not the file, nor where the result goes, which are the service's. */
export function settingsOf({ input, reads, writes }: CommandDefinition): Record<string, z.ZodType> {
  const own = [
    ...[reads?.field, reads?.files, reads?.series, writes?.field, 'overwrite'],
    ...Object.keys(counted),
  ];
  return Object.fromEntries(
    Object.entries(input.shape as Record<string, z.ZodType>).filter(
      ([name]) => !own.includes(name),
    ),
  );
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output' = 'input'): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  void $schema;
  return rest;
};

const content = (schema: Json): Json => ({ 'application/json': { schema } });
const binary: Json = { 'application/octet-stream': {} };
const of = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const answers = (status: number, description: string, body: Json | null): Json => ({
  [status]: { description, ...(body ? { content: body } : {}) },
  default: { description: say('itFailed'), content: content(of('failure')) },
});
const path = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});
const query = (name: string, description: string, schema: Json, required = false): Json => ({
  ...{ name, in: 'query', required, description, schema },
});

/** Of `/v1/run/<command>`: the file is the body, the settings are the query, the result is the answer. */
function runOperation(id: string, definition: CommandDefinition): Json {
  const { reads, writes, output, title, summary } = definition;
  const settings = Object.entries(settingsOf(definition)).map(([name, field]) => {
    const { description = '', ...schema } = jsonSchema(field);
    return query(name, String(description), schema);
  });
  const name = query('name', say('nameOfFile'), { type: 'string' }, true);
  const answer = writes
    ? answers(200, say('fileMade'), binary)
    : answers(200, say('whatCommandSays'), content(jsonSchema(output, 'output')));
  return {
    post: {
      ...{ operationId: id, summary: title, description: summary },
      parameters: [...(reads ? [name] : []), ...settings],
      ...(reads ? { requestBody: { required: true, content: binary } } : {}),
      responses: answer,
    },
  };
}

/** What `POST /v1/jobs` takes for one command. */
const jobSchema = (id: string, definition: CommandDefinition): Json => ({
  type: 'object',
  properties: {
    command: { const: id },
    input: jsonSchema(
      z.strictObject({
        ...(definition.reads
          ? {
              [definition.reads.field]: z.string().describe('The `file` of an answer of /v1/files'),
            }
          : {}),
        ...settingsOf(definition),
      }),
    ),
  },
  required: ['command', 'input'],
});

/** @param version of the program */
export function openApi(version: string): Json {
  const runs = [...served].map(([id, definition]) => [
    `/v1/run/${id}`,
    runOperation(id, definition),
  ]);
  const job = path('id', say('idOfJob'));
  return {
    openapi: '3.1.1',
    info: { title: 'Hourglass', version },
    security: [{ token: [] }],
    paths: {
      ...Object.fromEntries(runs),
      '/v1/health': {
        get: {
          summary: say('whetherThere'),
          security: [],
          responses: answers(200, say('isThere'), content({ type: 'object' })),
        },
      },
      '/v1/files': {
        post: {
          summary: say('sendFile'),
          parameters: [query('name', say('nameOfFile'), { type: 'string' }, true)],
          requestBody: { required: true, content: binary },
          responses: answers(201, say('fileTaken'), content(of('file'))),
        },
      },
      '/v1/files/{id}': {
        delete: {
          summary: say('takeFileAway'),
          parameters: [path('id', say('fileAnswered'))],
          responses: answers(204, say('fileGoes'), null),
        },
      },
      '/v1/jobs': {
        get: {
          summary: say('allJobs'),
          responses: answers(
            200,
            say('jobsOldestFirst'),
            content({ type: 'array', items: of('job') }),
          ),
        },
        post: {
          summary: say('beginJob'),
          requestBody: {
            required: true,
            content: content({
              oneOf: [...served].map(([id, definition]) => jobSchema(id, definition)),
            }),
          },
          responses: answers(202, say('jobBegun'), content(of('job'))),
        },
      },
      '/v1/jobs/{id}': {
        get: {
          summary: say('howJobIs'),
          parameters: [job, query('wait', say('secondsToWait'), { type: 'number', minimum: 0 })],
          responses: answers(200, say('theJob'), content(of('job'))),
        },
        delete: {
          summary: say('cancelJob'),
          parameters: [job],
          responses: answers(204, say('jobCancelled'), null),
        },
      },
      '/v1/jobs/{id}/result': {
        get: {
          summary: say('fileOfJob'),
          parameters: [job],
          responses: answers(200, say('theFile'), binary),
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        file: jsonSchema(fileSchema),
        job: jsonSchema(jobAnswerSchema, 'output'),
        failure: jsonSchema(z.object({ error: failureSchema }), 'output'),
      },
    },
  };
}

export const fileSchema = z.object({
  file: z.string().describe('How jobs name it'),
  name: z.string(),
  bytes: z.number().int().describe('Its size'),
});

export const jobAnswerSchema = z.object({
  id: z.string(),
  command: z.string(),
  input: z.record(z.string(), z.unknown()),
  state: z.enum(jobStates),
  progress: progressSchema.nullable(),
  error: failureSchema.nullable(),
  result: z
    .unknown()
    .describe(
      'What the command says once it is done, `output` being the address of its file; null: nothing yet',
    ),
});
export type JobAnswer = z.infer<typeof jobAnswerSchema>;
