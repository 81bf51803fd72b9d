import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { EventLog, EventType } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { ClusterDump } from '../scenario/cluster-dump.js';
import { eventsOf } from './small-cluster.js';

describe('probe', () => {
  it('x', () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', {
      disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '30s', budgets: [{ nodes: '100%' }] },
      template: { spec: { expireAfter: '720h', nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' }, requirements: [
        { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.large', 'm5.xlarge'] },
        { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] } ] } },
    });
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    const b = dump.karpenterNode('general', { type: 'm5.xlarge', zone: 'us-east-1b' });
    const m = dump.managedNode('system', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, a, b, ''] });
    dump.daemonSet({ name: 'agent', on: [a, b, m], requests: { cpu: '100m', memory: '128Mi' } });
    const text = dump.yaml();
    const files: Record<string, string> = {
      's.yaml': `name: probe
region: us-east-1
zones: [us-east-1a, us-east-1b, us-east-1c]
start: 2026-03-27T12:00:00Z
duration: 30m
manifests:
  common: []
  v1.14.1: [dump.yaml]
startState: dump.yaml
`,
      'dump.yaml': text,
    };
    const { spec, problems } = loadScenario({
      file: 's.yaml',
      catalogue: pricingDataCatalogue(),
      readFile: (path) => files[path] ?? '',
    });
    if (problems) console.log(problems.slice(0, 5));
    console.log(spec?.notes);
    const { log } = simulate(spec!, { simulatorVersion: 'x' });
    for (const e of log.slice(0, 80)) console.log(JSON.stringify(e).slice(0, 260));
  });
});
