import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { DumpEntry } from './dump-reader.js';
import { textOf } from './object-fields.js';
import { OWN_NAMES, shapedObject, type DumpObject, type Naming } from './shaped-object.js';

/** An object with what is known of its place in the cluster. */
interface Known {
  readonly object: DumpObject;
  readonly uid: string;
  readonly resourceVersion: number;
}

/** A text that could not be read. */
export interface DumpFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly cutOff: boolean;
}

/** Kinds of Karpenter before v0.32, and what they are called since. */
export const ALPHA_KINDS: Readonly<Record<string, string>> = {
  Provisioner: 'NodePool',
  AWSNodeTemplate: 'EC2NodeClass',
  Machine: 'NodeClaim',
};

/** Fields of an EC2NodeClass that may change what a machine offers, and that are not modelled, lead to what no dump tells, or may hold secrets. */
const UNMODELLED_CLASS_FIELDS = [
  'cpuOptions',
  'ipPrefixCount',
  'networkInterfaces',
  'placementGroupSelector',
  'userData',
] as const;

/** Kinds of which one cluster has one of a name for as long as it lives. */
const LASTING_KINDS: ReadonlySet<string> = new Set(['Namespace', 'NodePool', 'EC2NodeClass', 'Node']);

/**
 * What a dump holds, as far as a scenario takes it in. Objects come one by one, and what is not needed of them is forgotten at
 * once: 50,000 pods take less than a gigabyte, since those of one workload share their spec.
 */
export class Dump {
  readonly faults: DumpFault[] = [];
  /** Kinds that stay behind, with their numbers. */
  readonly leftBehind = new Map<string, number>();
  /** Fields that would matter and stay behind, with their numbers. */
  readonly leftFields = new Map<string, number>();
  /** Objects of which two different ones have the same name, such as `NodePool general`. */
  readonly doubles: string[] = [];
  /** Times an object came again. */
  repeated = 0;
  /** Latest time that any object tells, epoch ms: when the dump was made. */
  latestMs = 0;
  /** Zones that the subnets of EC2NodeClasses lie in, as their status tells. */
  readonly subnetZones = new Set<string>();
  #read = 0;
  #printed = false;
  readonly #kinds = new Map<string, Map<string, Known>>();
  readonly #shared = new Map<string, unknown>();

  /** An API server has printed some of it: an object has what nobody writes by hand. */
  get isOfApiServer(): boolean {
    return this.#printed;
  }

  /** Objects read, of whatever kind. */
  get read(): number {
    return this.#read;
  }

  take({ file, line, value, fault, cutOff = false }: DumpEntry): void {
    if (fault !== undefined) {
      this.faults.push({ file, line, message: fault, cutOff });
      return;
    }
    const { kind, apiVersion, metadata } = isRecord(value) ? value : {};
    if (!isRecord(value) || typeof kind !== 'string' || typeof apiVersion !== 'string') {
      this.faults.push({ file, line, message: 'is no object of Kubernetes: apiVersion or kind is missing', cutOff });
      return;
    }
    this.#read++;
    if (!isRecord(metadata) || typeof metadata['name'] !== 'string') {
      this.faults.push({ file, line, message: `a ${kind} without a name`, cutOff });
      return;
    }
    this.#printed ||= typeof metadata['uid'] === 'string' && typeof metadata['resourceVersion'] === 'string';
    this.#see(value);
    this.#noteFields(value);
    const object = ALPHA_KINDS[kind] === undefined ? shapedObject(modern(value), OWN_NAMES) : undefined;
    if (object === undefined) {
      this.leftBehind.set(kind, (this.leftBehind.get(kind) ?? 0) + 1);
      return;
    }
    this.#keep(object, metadata);
  }

  /** Objects of a kind; of Karpenter's kinds those of one API version. */
  list(kind: string, apiVersion?: string): readonly DumpObject[] {
    const all = [...(this.#kinds.get(kind)?.values() ?? [])].map(({ object }) => object);
    return apiVersion === undefined ? all : all.filter((object) => object['apiVersion'] === apiVersion);
  }

  /** Gives everything that was kept other names. */
  rename(naming: Naming): void {
    for (const kind of this.#kinds.keys()) this.change(kind, (object) => shapedObject(object, naming) ?? object);
  }

  /** Puts something in the place of every object of a kind. */
  change(kind: string, change: (object: DumpObject) => DumpObject): void {
    const known = this.#kinds.get(kind);
    for (const [key, entry] of known ?? []) {
      const object = change(entry.object);
      if (object !== entry.object) known?.set(key, { ...entry, object: this.#withSharedSpec(object) });
    }
  }

  #keep(object: DumpObject, metadata: Readonly<Record<string, unknown>>): void {
    const kind = String(object['kind']);
    let known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, (known = new Map<string, Known>()));
    const api = kind.startsWith('Node') || kind === 'EC2NodeClass' ? String(object['apiVersion']) : '';
    const key = `${api} ${textOf(metadata['namespace'])}/${String(metadata['name'])}`;
    const next: Known = {
      object: this.#withSharedSpec(object),
      uid: textOf(metadata['uid']),
      resourceVersion: Number(metadata['resourceVersion'] ?? 0),
    };
    const before = known.get(key);
    if (before !== undefined) {
      this.repeated++;
      const differ = before.uid !== next.uid && before.uid !== '' && next.uid !== '';
      if (differ && LASTING_KINDS.has(kind)) this.doubles.push(`${kind} ${String(metadata['name'])}`);
      if (before.resourceVersion > next.resourceVersion) return;
    }
    known.set(key, next);
  }

  /** Pods of one workload differ in their node alone. */
  #withSharedSpec(object: DumpObject): DumpObject {
    if (object['kind'] !== 'Pod' || !isRecord(object['spec'])) return object;
    const { nodeName, ...rest } = object['spec'];
    const key = JSON.stringify(rest);
    const shared = (this.#shared.get(key) ?? rest) as Readonly<Record<string, unknown>>;
    this.#shared.set(key, shared);
    return { ...object, spec: nodeName === undefined ? shared : { ...shared, nodeName } };
  }

  #see(value: Readonly<Record<string, unknown>>): void {
    const { metadata, status } = value as {
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly status?: unknown;
    };
    this.#seeTime(metadata['creationTimestamp']);
    if (!isRecord(status)) return;
    for (const condition of Array.isArray(status['conditions']) ? (status['conditions'] as unknown[]) : []) {
      if (!isRecord(condition)) continue;
      this.#seeTime(condition['lastTransitionTime']);
      this.#seeTime(condition['lastHeartbeatTime']);
    }
    for (const subnet of value['kind'] === 'EC2NodeClass' && Array.isArray(status['subnets'])
      ? (status['subnets'] as unknown[])
      : []) {
      if (isRecord(subnet) && typeof subnet['zone'] === 'string') this.subnetZones.add(subnet['zone']);
    }
  }

  /** Settings of machines that no scenario can have. */
  #noteFields({ kind, spec }: DumpObject): void {
    if (kind !== 'EC2NodeClass' || !isRecord(spec)) return;
    for (const field of UNMODELLED_CLASS_FIELDS) {
      if (spec[field] === undefined) continue;
      const name = `${field} of EC2NodeClasses`;
      this.leftFields.set(name, (this.leftFields.get(name) ?? 0) + 1);
    }
  }

  #seeTime(text: unknown): void {
    const ms = typeof text === 'string' ? Date.parse(text) : NaN;
    if (ms > this.latestMs) this.latestMs = ms;
  }
}

/** Objects of older APIs that say the same in other words. */
function modern(value: DumpObject): DumpObject {
  if (
    value['kind'] === 'HorizontalPodAutoscaler' &&
    value['apiVersion'] === 'autoscaling/v1' &&
    isRecord(value['spec'])
  ) {
    const { targetCPUUtilizationPercentage: averageUtilization = 80, ...spec } = value['spec'];
    const target = { type: 'Utilization', averageUtilization };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
    return { ...value, apiVersion: 'autoscaling/v2', spec: { ...spec, metrics } };
  }
  if (value['kind'] === 'EC2NodeClass' && isRecord(value['spec'])) {
    const terms = value['spec']['amiSelectorTerms'];
    const [first] = Array.isArray(terms) ? (terms as unknown[]) : [];
    const alias = isRecord(first) && typeof first['alias'] === 'string' ? first['alias'].split('@')[0] : undefined;
    const amiFamily = value['spec']['amiFamily'] ?? AMI_FAMILIES[alias ?? ''];
    return { ...value, spec: { ...value['spec'], amiFamily } };
  }
  return value;
}

const AMI_FAMILIES: Readonly<Record<string, string>> = {
  al2: 'AL2',
  al2023: 'AL2023',
  bottlerocket: 'Bottlerocket',
  windows2019: 'Windows2019',
  windows2022: 'Windows2022',
  windows2025: 'Windows2025',
};
