import { fieldOf } from './object-fields.js';
import type { NameKind } from './object-shapes.js';
import { OWN_NAMES, shapedObject, type DumpObject, type Naming } from './shaped-object.js';

/** Label keys of Kubernetes, Karpenter and EKS: their names are no secret. */
const PUBLIC_KEY = /^(?:[\w.-]+\.)?(?:kubernetes\.io|k8s\.io|karpenter\.sh|k8s\.aws|amazonaws\.com|eksctl\.io)\//;
const PUBLIC_KEYS: ReadonlySet<string> = new Set(['pod-template-hash', 'controller-revision-hash', 'metadata.name']);

/** Labels whose values say what a machine is and where; scheduling and prices depend on them. */
const MACHINE_LABEL =
  /^(?:karpenter\.k8s\.aws\/(?!ec2nodeclass)|karpenter\.sh\/(?!nodepool|nodeclaim|provisioner-name)|(?:beta\.)?kubernetes\.io\/(?:arch|os)$|(?:beta\.|node\.)kubernetes\.io\/(?:instance-type|windows-build)$|(?:topology|failure-domain\.beta)\.kubernetes\.io\/|topology\.k8s\.aws\/|topology\.ebs\.csi\.aws\.com\/|eks\.amazonaws\.com\/(?:capacityType|compute-type)$|apps\.kubernetes\.io\/pod-index$|batch\.kubernetes\.io\/job-completion-index$)/;

/** Labels whose value is a name. */
const NAME_LABELS: Readonly<Record<string, NameKind>> = {
  'karpenter.sh/nodepool': 'nodepool',
  'karpenter.sh/nodeclaim': 'nodeclaim',
  'karpenter.k8s.aws/ec2nodeclass': 'nodeclass',
  'karpenter.k8s.aws/capacity-reservation-id': 'reservation',
  'kubernetes.io/hostname': 'node',
  'kubernetes.io/metadata.name': 'namespace',
  'statefulset.kubernetes.io/pod-name': 'pod',
  'batch.kubernetes.io/job-name': 'workload',
};

const KEPT_NAMES: ReadonlySet<string> = new Set([
  'system-cluster-critical',
  'system-node-critical',
  'default-scheduler',
  'kube-system',
  'kube-node-lease',
  'kube-public',
  'default',
]);

/** Values without a story. */
const PLAIN_VALUE = /^(?:|true|false|\d{1,4})$/;

/**
 * Stable pseudonyms: what sorts before another thing does so under its pseudonym, too, since ties are broken by names. The
 * same dump gives the same pseudonyms.
 */
export class Pseudonyms implements Naming {
  readonly #maps = new Map<string, Map<string, string>>();
  readonly #kept: ReadonlySet<string>;

  private constructor(seen: Collector) {
    for (const [kind, names] of seen.names) this.#maps.set(kind, pseudonymsOf(kind, [...names]));
    this.#kept = seen.kept;
  }

  /** Pseudonyms for everything that objects of shapes name. */
  static of(objects: readonly DumpObject[]): Pseudonyms {
    const collector = new Collector();
    for (const object of objects) shapedObject(object, collector);
    const pseudonyms = new Pseudonyms(collector);
    for (const object of objects) if (object['kind'] === 'StatefulSet') pseudonyms.#nameMembers(object);
    return pseudonyms;
  }

  /** Label keys whose values were kept, and a word for every other thing that was. */
  get kept(): readonly string[] {
    return [...this.#kept].sort();
  }

  readonly name = (kind: NameKind, name: string): string => (KEPT_NAMES.has(name) ? name : this.#of(kind, name));
  readonly uid = (uid: string): string => this.#of('uid', uid);
  readonly providerID = (id: string): string => this.#of('instance', id);
  readonly labelKey = (key: string): string => (isPublicKey(key) ? key : this.#of('label', key));
  readonly labelValue = (key: string, value: string): string => {
    const kind = NAME_LABELS[key];
    if (kind !== undefined) return this.name(kind, value);
    return MACHINE_LABEL.test(key) || PLAIN_VALUE.test(value) ? value : this.#of('value', value);
  };

  /** Pods and claims of a StatefulSet are known by its name and their number. */
  #nameMembers(set: DumpObject): void {
    const name = String(fieldOf(set, 'metadata', 'name'));
    const rename = (kind: 'pod' | 'claim', prefix: string, pseudonym: string): void => {
      const names = this.#maps.get(kind);
      for (const member of names?.keys() ?? []) {
        const ordinal = member.startsWith(prefix) ? member.slice(prefix.length) : '';
        if (/^\d+$/.test(ordinal)) names?.set(member, `${pseudonym}-${ordinal}`);
      }
    };
    const own = this.name('workload', name);
    rename('pod', `${name}-`, own);
    const templates = fieldOf(set, 'spec', 'volumeClaimTemplates');
    for (const template of Array.isArray(templates) ? (templates as unknown[]) : []) {
      const volume = String(fieldOf(template, 'metadata', 'name'));
      rename('claim', `${volume}-${name}-`, `${this.name('volume', volume)}-${own}`);
    }
  }

  #of(kind: string, name: string): string {
    return this.#maps.get(kind)?.get(name) ?? name;
  }
}

function isPublicKey(key: string): boolean {
  return PUBLIC_KEY.test(key) || PUBLIC_KEYS.has(key);
}

/** Sees everything that has a name, and changes nothing. */
class Collector implements Naming {
  readonly names = new Map<string, Set<string>>();
  readonly kept = new Set<string>(['quantities, numbers and times', 'schedules of CronJobs and budgets']);

  readonly name = (kind: NameKind, name: string): string => {
    if (!KEPT_NAMES.has(name)) this.#see(kind, name);
    return name;
  };
  readonly uid = (uid: string): string => this.#see('uid', uid);
  readonly providerID = (id: string): string => this.#see('instance', id);
  readonly labelKey = (key: string): string => (isPublicKey(key) ? key : this.#see('label', key));
  readonly labelValue = (key: string, value: string): string => {
    const kind = NAME_LABELS[key];
    if (kind !== undefined) return this.name(kind, value);
    if (MACHINE_LABEL.test(key)) this.kept.add(`label ${key}`);
    else if (!PLAIN_VALUE.test(value)) this.#see('value', value);
    return OWN_NAMES.labelValue(key, value);
  };

  #see(kind: string, name: string): string {
    let names = this.names.get(kind);
    if (names === undefined) this.names.set(kind, (names = new Set()));
    names.add(name);
    return name;
  }
}

function pseudonymsOf(kind: string, names: readonly string[]): Map<string, string> {
  const sorted = [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const width = String(sorted.length).length;
  const serials = new Map(sorted.map((name, index) => [name, String(index + 1).padStart(width, '0')]));
  return new Map(sorted.map((name) => [name, pseudonym(kind, name, serials)]));
}

function pseudonym(kind: string, name: string, serials: ReadonlyMap<string, string>): string {
  const serial = serials.get(name) ?? '';
  switch (kind) {
    case 'uid':
      return `00000000-0000-4000-8000-${serial.padStart(12, '0')}`;
    case 'instance': {
      // The zone stands in the id.
      const [, zone = 'zone'] = /^aws:\/\/\/([^/]+)\//.exec(name) ?? [];
      return `aws:///${zone}/i-${serial.padStart(17, '0')}`;
    }
    case 'reservation':
      return `cr-${serial}`;
    default:
      return `${kind}-${serial}`;
  }
}
