import { z } from 'zod';
import { scenarioFileSchema } from './scenario-file.js';

/** As much of JSON Schema as walking it takes. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
}

const { required, ...schema } = z.toJSONSchema(scenarioFileSchema, { io: 'input' }) as SchemaNode & {
  readonly required: readonly string[];
};

/**
 * The JSON Schema that `scenarios/scenario.schema.json` ships, so that editors complete and check scenario files. It is
 * made from the zod schema; `npx vitest run test/scenario/scenario-json-schema.test.ts -u` writes the file anew.
 */
export function scenarioJsonSchema(): string {
  // What a file leaves out stands in the one that it extends.
  const complete = { ...schema, anyOf: [{ required }, { required: ['extends', 'name'] }] };
  return `${JSON.stringify(complete, undefined, 2)}\n`;
}

/** Keys that a scenario file may have at a path, for "did you mean". */
export const knownKeys: KnownKeys = keysIn(schema);

/** Keys that a file may have at a path. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** The keys of a file by its schema. */
export function knownKeysOf(fileSchema: z.ZodType): KnownKeys {
  return keysIn(z.toJSONSchema(fileSchema, { io: 'input' }) as SchemaNode);
}

function keysIn(root: SchemaNode): KnownKeys {
  return (path) => {
    const node = path.reduce<SchemaNode | undefined>((parent, key) => parent && child(parent, key), root);
    return Object.keys((node && objectPart(node)?.properties) ?? {});
  };
}

function child(node: SchemaNode, key: PropertyKey): SchemaNode | undefined {
  if (typeof key === 'number') return node.items;
  const object = objectPart(node);
  const named = object?.properties?.[String(key)];
  const other = object?.additionalProperties;
  return named ?? (typeof other === 'object' ? other : undefined);
}

function objectPart(node: SchemaNode): SchemaNode | undefined {
  return node.anyOf?.find((option) => option.properties !== undefined) ?? node;
}
