import { isRecord } from '../../kubernetes/manifest/field-path.js';
import { ZONE_LABEL } from '../../karpenter/requirements/labels.js';
import { OBJECT_SHAPES, OWNER_KINDS, TELLING_ANNOTATIONS, type NameKind, type Shape } from './object-shapes.js';

/** An object of a dump as far as a scenario takes it in. */
export type DumpObject = Readonly<Record<string, unknown>>;

/** What becomes of names on their way into a scenario. */
export interface Naming {
  readonly name: (kind: NameKind, name: string) => string;
  readonly uid: (uid: string) => string;
  readonly providerID: (id: string) => string;
  readonly labelKey: (key: string) => string;
  readonly labelValue: (key: string, value: string) => string;
}

const DRIFT_REASONS: ReadonlySet<string> = new Set([
  'NodePoolDrifted',
  'RequirementsDrifted',
  'InstanceTypeNotFound',
  'NodeClassDrift',
  'AMIDrift',
  'SubnetDrift',
  'SecurityGroupDrift',
]);

const SCHEDULING_REASONS: ReadonlySet<string> = new Set(['Unschedulable', 'SchedulingGated']);

/** Names as they are. */
export const OWN_NAMES: Naming = {
  name: (_, name) => name,
  uid: (uid) => uid,
  providerID: (id) => id,
  labelKey: (key) => key,
  labelValue: (_, value) => value,
};

/** The object with what its kind's shape lets through; undefined for a kind without one. */
export function shapedObject(object: DumpObject, naming: Naming): DumpObject | undefined {
  const { apiVersion, kind } = object;
  const shape = OBJECT_SHAPES[String(kind)];
  if (shape === undefined) return undefined;
  return { apiVersion, kind, ...(shaped(object, { fields: shape }, naming) as DumpObject) };
}

function shaped(value: unknown, shape: Shape, naming: Naming): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return shapedLeaf(value, shape, naming);
  if ('name' in shape) return typeof value === 'string' ? naming.name(shape.name, value) : undefined;
  if ('names' in shape) return strings(value).map((name) => naming.name(shape.names, name));
  if ('list' in shape) {
    if (!Array.isArray(value)) return undefined;
    return value.map((item: unknown) => shaped(item, shape.list, naming)).filter((item) => item !== undefined);
  }
  if (!isRecord(value)) return undefined;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(shape.fields)) {
    const field = shaped(value[key], inner, naming);
    if (field !== undefined) result[key] = field;
  }
  // A volume without a claim binds a pod to nothing.
  if ('persistentVolumeClaim' in shape.fields && Object.keys(result).length < 2) return undefined;
  // An owner's name is of the kind that the reference tells.
  const ownerKind = OWNER_KINDS[String(value['kind'])];
  if (ownerKind !== undefined && 'controller' in shape.fields) {
    result['name'] = naming.name(ownerKind, String(value['name']));
  }
  return result;
}

function shapedLeaf(value: unknown, shape: Extract<Shape, string>, naming: Naming): unknown {
  switch (shape) {
    case 'as-is':
      return value;
    case 'drift-reason':
      return DRIFT_REASONS.has(String(value)) ? value : undefined;
    case 'scheduling-reason':
      return SCHEDULING_REASONS.has(String(value)) ? value : undefined;
    case 'uid':
      return typeof value === 'string' ? naming.uid(value) : undefined;
    case 'providerID':
      return typeof value === 'string' ? naming.providerID(value) : undefined;
    case 'zone':
      return typeof value === 'string' ? naming.labelValue(ZONE_LABEL, value) : undefined;
    case 'label-key':
      return typeof value === 'string' ? naming.labelKey(value) : undefined;
    case 'label-keys':
      return strings(value).map(naming.labelKey);
    case 'labels':
      return mapped(value, (key, text) => [naming.labelKey(key), naming.labelValue(key, text)]);
    case 'annotations':
      return mapped(value, (key, text) => (TELLING_ANNOTATIONS.has(key) ? [key, text] : undefined));
    case 'requirement':
      return requirement(value, naming);
    case 'taint':
      return taint(value, naming);
  }
}

function requirement(value: unknown, naming: Naming): unknown {
  if (!isRecord(value)) return undefined;
  const { key, operator, values, minValues } = value;
  const name = String(key);
  const shown =
    values === undefined
      ? {}
      : {
          values: strings(values).map((text) =>
            name === 'metadata.name' ? naming.name('node', text) : naming.labelValue(name, text),
          ),
        };
  return { key: naming.labelKey(name), operator, ...shown, ...(minValues === undefined ? {} : { minValues }) };
}

/** A taint or a toleration. */
function taint(value: unknown, naming: Naming): unknown {
  if (!isRecord(value)) return undefined;
  const { key, operator, value: text, effect, tolerationSeconds } = value;
  const known = {
    key: typeof key === 'string' && key !== '' ? naming.labelKey(key) : key,
    operator,
    value: typeof text === 'string' && text !== '' ? naming.labelValue(String(key), text) : undefined,
    effect,
    tolerationSeconds,
  };
  return Object.fromEntries(Object.entries(known).filter(([, field]) => field !== undefined));
}

function mapped(value: unknown, of: (key: string, text: string) => readonly [string, string] | undefined): unknown {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, text]) => {
    const entry = of(key, String(text));
    return entry === undefined ? [] : [entry];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
