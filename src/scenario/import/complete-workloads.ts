import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { controllerOf, fieldOf, keyOf, metadataOf, textOf, without, type Fields } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';

/** Workloads and pods of a dump, every pod with a controller that would make it anew, where one can be told. */
export interface CompleteWorkloads {
  readonly deployments: readonly DumpObject[];
  readonly replicaSets: readonly DumpObject[];
  readonly statefulSets: readonly DumpObject[];
  readonly daemonSets: readonly DumpObject[];
  readonly jobs: readonly DumpObject[];
  readonly cronJobs: readonly DumpObject[];
  /** Not finished. */
  readonly pods: readonly DumpObject[];
}

/** Joins pods with their controllers. Controllers that the dump names and does not hold are made of their pods. */
export function completeWorkloads(dump: Dump, findings: ImportFindings): CompleteWorkloads {
  return new Completion(dump, findings).result();
}

class Completion {
  readonly #deployments: Map<string, DumpObject>;
  readonly #replicaSets: Map<string, DumpObject>;
  readonly #statefulSets: Map<string, DumpObject>;
  readonly #daemonSets: Map<string, DumpObject>;
  readonly #jobs: Map<string, DumpObject>;
  readonly #podsOf = new Map<string, DumpObject[]>();

  constructor(
    private readonly dump: Dump,
    private readonly findings: ImportFindings,
  ) {
    const byKey = (kind: string) => new Map(dump.list(kind).map((object) => [keyOf(object), object]));
    this.#deployments = byKey('Deployment');
    this.#replicaSets = byKey('ReplicaSet');
    this.#statefulSets = byKey('StatefulSet');
    this.#daemonSets = byKey('DaemonSet');
    this.#jobs = byKey('Job');
  }

  result(): CompleteWorkloads {
    const pods = this.dump
      .list('Pod')
      .filter((pod) => this.#isThere(pod))
      .map((pod) => this.#running(pod));
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const key = owner === undefined ? '' : `${String(owner['kind'])} ${this.#ownerKey(pod, owner)}`;
      const own = this.#podsOf.get(key);
      if (own === undefined) this.#podsOf.set(key, [pod]);
      else own.push(pod);
    }
    const owned = [...this.#podsOf].flatMap(([key, own]) => this.#withController(key, own));
    for (const [kind, workloads] of [
      ['StatefulSet', this.#statefulSets],
      ['DaemonSet', this.#daemonSets],
    ] as const) {
      for (const [key, workload] of workloads) {
        workloads.set(key, this.#asItsPods(workload, this.#podsOf.get(`${kind} ${key}`) ?? []));
      }
    }
    return {
      deployments: [...this.#deployments.values()],
      replicaSets: [...this.#replicaSets].flatMap(([key, set]) => (this.#podsOf.has(`ReplicaSet ${key}`) ? [set] : [])),
      statefulSets: [...this.#statefulSets.values()],
      daemonSets: [...this.#daemonSets.values()],
      jobs: [...this.#jobs.values()].filter((job) => !isFinished(job)).map(remaining),
      cronJobs: this.dump.list('CronJob'),
      pods: owned,
    };
  }

  #isThere(pod: DumpObject): boolean {
    const phase = fieldOf(pod, 'status', 'phase');
    const ended = phase === 'Succeeded' || phase === 'Failed';
    if (ended) this.findings.add('left-out', 'pods have run to their end', keyOf(pod));
    return !ended;
  }

  /** A pod of a dump without status runs where it is bound. */
  #running(pod: DumpObject): DumpObject {
    if (fieldOf(pod, 'status', 'phase') !== undefined || fieldOf(pod, 'spec', 'nodeName') === undefined) return pod;
    this.findings.add('guessed', 'pods without status are bound to a node: taken as running and ready', keyOf(pod));
    return { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  }

  #ownerKey(pod: DumpObject, owner: Fields): string {
    return `${textOf(metadataOf(pod)['namespace'], 'default')}/${String(owner['name'])}`;
  }

  /** The pods of one owner, and the owner if it has to be made. */
  #withController(ownerKey: string, pods: readonly DumpObject[]): readonly DumpObject[] {
    const [kind = '', key = ''] = ownerKey.split(' ');
    const [first] = pods;
    if (first === undefined) return pods;
    switch (kind) {
      case '':
        this.findings.add('note', 'pods have no controller: nobody makes them anew', keyOf(first), pods.length);
        return pods;
      case 'Node':
        return pods;
      case 'ReplicaSet':
        return this.#ofReplicaSet(key, pods);
      case 'StatefulSet':
        if (this.#statefulSets.has(key)) return pods;
        break;
      case 'Job':
        if (this.#jobs.has(key)) return pods;
        this.findings.add('guessed', 'pods of Jobs that the dump does not hold: they run on', key, pods.length);
        return pods;
      case 'DaemonSet':
        if (!this.#daemonSets.has(key)) this.#makeDaemonSet(key, first);
        return pods;
      default:
    }
    return this.#makeDeployment(kind, key, pods);
  }

  #ofReplicaSet(key: string, pods: readonly DumpObject[]): readonly DumpObject[] {
    const set = this.#replicaSets.get(key);
    const [namespace = '', name = ''] = key.split('/');
    if (set === undefined) {
      const hash = textOf(fieldOf(pods[0], 'metadata', 'labels', 'pod-template-hash'));
      const deployment = `${namespace}/${name.slice(0, -hash.length - 1)}`;
      if (hash === '' || !this.#deployments.has(deployment)) return this.#makeDeployment('ReplicaSet', key, pods);
      this.findings.add('guessed', 'ReplicaSets are not in the dump: taken as their Deployments are now', key);
      this.#deployments.set(deployment, this.#asItsPods(this.#deployments.get(deployment) ?? {}, pods));
      return pods;
    }
    const owner = controllerOf(set);
    const ownerKey = `${namespace}/${textOf(owner?.['name'], name)}`;
    const deployment = this.#deployments.get(ownerKey);
    if (deployment !== undefined && owner?.['kind'] === 'Deployment') {
      this.#adaptDeployment(ownerKey, deployment, key, set, pods);
      return pods;
    }
    // An Argo Rollout, for instance, or a ReplicaSet by itself.
    const kind = textOf(owner?.['kind'], 'ReplicaSet');
    this.findings.add('guessed', `ReplicaSets of a ${kind} are kept as those of a Deployment of its name`, ownerKey);
    const { selector, template, replicas } = set['spec'] as Fields;
    const metadata = { name: ownerKey.split('/')[1], namespace };
    const matchLabels = withoutHash(fieldOf(selector, 'matchLabels'));
    const made = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas, selector: { ...(selector as Fields), matchLabels }, template: unhashed(template) },
    };
    this.#deployments.set(ownerKey, made);
    this.#replicaSets.set(key, ownedBy(set, 'Deployment', String(metadata.name)));
    return pods;
  }

  /** Webhooks change pods on their way in; what runs is what counts, for the pods to come, too. */
  #adaptDeployment(
    deploymentKey: string,
    deployment: DumpObject,
    setKey: string,
    set: DumpObject,
    pods: readonly DumpObject[],
  ): void {
    const own = fieldOf(deployment, 'spec', 'template');
    const isCurrent = JSON.stringify(unhashed(fieldOf(set, 'spec', 'template'))) === JSON.stringify(unhashed(own));
    const adapted = this.#asItsPods(set, pods);
    if (adapted === set) return;
    this.#replicaSets.set(setKey, adapted);
    if (!isCurrent) return;
    const template = unhashed(fieldOf(adapted, 'spec', 'template'));
    this.#deployments.set(deploymentKey, { ...deployment, spec: { ...(deployment['spec'] as Fields), template } });
  }

  /** A workload whose template has the containers that its pods have. */
  #asItsPods(workload: DumpObject, pods: readonly DumpObject[]): DumpObject {
    const pod = pods.at(-1);
    const spec = fieldOf(pod, 'spec');
    const template = fieldOf(workload, 'spec', 'template');
    const own = fieldOf(template, 'spec');
    if (!isRecord(spec) || !isRecord(own) || !isRecord(template)) return workload;
    const same = ['containers', 'initContainers'].every(
      (key) => JSON.stringify(spec[key]) === JSON.stringify(own[key]),
    );
    if (same) return workload;
    this.findings.add(
      'guessed',
      "workloads whose pods have other containers or requests than their template (webhooks): the pods' count",
      keyOf(workload),
    );
    const changed = { ...own, containers: spec['containers'], initContainers: spec['initContainers'] };
    return { ...workload, spec: { ...(workload['spec'] as Fields), template: { ...template, spec: changed } } };
  }

  #makeDaemonSet(key: string, pod: DumpObject): void {
    this.findings.add('guessed', 'DaemonSets are not in the dump: made of one of their pods', key);
    const [namespace, name] = key.split('/');
    const spec = without(podSpecOf(pod), 'affinity');
    const labels = labelsOf(pod, String(name));
    this.#daemonSets.set(key, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    });
  }

  /** Pods whose controller is not there, or of a kind that is not modelled, are kept alive by a Deployment of its name. */
  #makeDeployment(kind: string, key: string, pods: readonly DumpObject[]): readonly DumpObject[] {
    const text = ['ReplicaSet', 'StatefulSet'].includes(kind)
      ? `${kind}s are not in the dump: a Deployment is made of their pods`
      : `pods of a ${kind}, which is not modelled, are kept as a Deployment`;
    const [namespace, name = ''] = key.split('/');
    const [first] = pods;
    this.findings.add('guessed', text, key, kind === 'ReplicaSet' || kind === 'StatefulSet' ? 1 : pods.length);
    if (first === undefined) return pods;
    const labels = withoutHash(labelsOf(first, name));
    const template = { metadata: { labels }, spec: podSpecOf(first) };
    const spec = { replicas: pods.length, selector: { matchLabels: labels } };
    const deployment = this.#deployments.has(key) ? `${name}-${kind.toLowerCase()}` : name;
    const hashed = { ...labels, 'pod-template-hash': 'imported' };
    const set = `${deployment}-imported`;
    this.#deployments.set(`${String(namespace)}/${deployment}`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: deployment, namespace },
      spec: { ...spec, template },
    });
    this.#replicaSets.set(
      `${String(namespace)}/${set}`,
      ownedBy(
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: set, namespace, labels: hashed },
          spec: { ...spec, selector: { matchLabels: hashed }, template: { ...template, metadata: { labels: hashed } } },
        },
        'Deployment',
        deployment,
      ),
    );
    const moved = pods.map((pod) => {
      const metadata = { ...metadataOf(pod), labels: { ...labelsOf(pod, name), 'pod-template-hash': 'imported' } };
      return ownedBy({ ...pod, metadata }, 'ReplicaSet', set);
    });
    this.#podsOf.set(`ReplicaSet ${String(namespace)}/${set}`, moved);
    return moved;
  }
}

function ownedBy(object: DumpObject, kind: string, name: string): DumpObject {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind, name, uid: '', controller: true }];
  return { ...object, metadata: { ...metadataOf(object), ownerReferences } };
}

function podSpecOf(pod: DumpObject): Fields {
  return without(pod['spec'] as Fields, 'nodeName', 'priority', 'preemptionPolicy');
}

/** A Deployment needs labels to know its pods by. */
function labelsOf(pod: DumpObject, name: string): Fields {
  const labels = metadataOf(pod)['labels'];
  return isRecord(labels) && Object.keys(labels).length > 0 ? labels : { imported: name };
}

function withoutHash(labels: unknown): Fields {
  return Object.fromEntries(
    Object.entries(isRecord(labels) ? labels : {}).filter(([key]) => key !== 'pod-template-hash'),
  );
}

function unhashed(template: unknown): Fields {
  const fields = isRecord(template) ? template : {};
  const metadata = isRecord(fields['metadata']) ? fields['metadata'] : {};
  return { ...fields, metadata: { ...metadata, labels: withoutHash(metadata['labels']) } };
}

/** Whether a Job has come to its end. */
export function isFinished(job: DumpObject): boolean {
  const conditions = fieldOf(job, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    (conditions as Fields[]).some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
  );
}

/** A Job with what is left of it to do. */
function remaining(job: DumpObject): DumpObject {
  const rest = without(job, 'status');
  const spec = job['spec'] as Fields;
  const { completions, completionMode } = spec;
  const succeeded = Number(fieldOf(job, 'status', 'succeeded') ?? 0);
  if (typeof completions !== 'number' || completionMode === 'Indexed' || succeeded === 0) return rest;
  return { ...rest, spec: { ...spec, completions: Math.max(1, completions - succeeded) } };
}
