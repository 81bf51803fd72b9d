import type { Fields } from './scene.js';

const ON_DEMAND: Fields = { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] };

/** A NodePool for v1.14.1, on-demand, budget 100 % and nodes that never expire unless it says otherwise. */
export function poolV1(
  disruption: Fields,
  templateSpec: Fields = {},
  { name = 'general', ...spec }: Fields & { readonly name?: string } = {},
): Fields {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      disruption: { budgets: [{ nodes: '100%' }], ...disruption },
      template: {
        spec: {
          expireAfter: 'Never',
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [ON_DEMAND],
          ...templateSpec,
        },
      },
      ...spec,
    },
  };
}

/** A NodePool for v0.32.0, on-demand, with nodes that never expire unless it says otherwise. */
export function poolV0(disruption: Fields, templateSpec: Fields = {}): Fields {
  return {
    apiVersion: 'karpenter.sh/v1beta1',
    kind: 'NodePool',
    metadata: { name: 'general' },
    spec: {
      disruption: { expireAfter: 'Never', ...disruption },
      template: {
        spec: {
          nodeClassRef: { apiVersion: 'karpenter.k8s.aws/v1beta1', kind: 'EC2NodeClass', name: 'default' },
          requirements: [ON_DEMAND],
          ...templateSpec,
        },
      },
    },
  };
}

/** A Deployment of pods that ask for so much cpu. */
export function deployment(name: string, replicas: number, cpu: string, podSpec: Fields = {}): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name, cpu, podSpec) },
  };
}

/** A DaemonSet of pods that ask for 10m. */
export function daemonSet(name: string, podSpec: Fields = {}): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name, '10m', podSpec) },
  };
}

function template(name: string, cpu: string, podSpec: Fields): Fields {
  return {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'image', resources: { requests: { cpu } } }], ...podSpec },
  };
}

/** A PodDisruptionBudget called `pdb` for the pods of a Deployment. */
export function podDisruptionBudget(app: string, spec: Fields): Fields {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'pdb', namespace: 'default' },
    spec: { selector: { matchLabels: { app } }, ...spec },
  };
}
