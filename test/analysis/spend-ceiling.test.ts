import { describe, expect, it } from 'vitest';
import { highest, spendCeilings, type Ceiling, type SpendCeiling } from '../../src/analysis/spend-ceiling.js';
import { readServicePrices } from '../../src/cloud/prices/service-prices.js';
import { schedulingProfile } from '../../src/karpenter/versions/scheduling-profile-of.js';
import { loadPricedNodePools } from '../../src/scenario/load-priced-node-pools.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';

const catalogue = pricingDataCatalogue();

const pool = (limits: string, requirement = '') => `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
  ${limits}
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
        - {key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge]}
        ${requirement}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: r
  detailedMonitoring: true
  amiSelectorTerms: [{alias: al2023@latest}]
  subnetSelectorTerms: [{tags: {a: b}}]
  securityGroupSelectorTerms: [{tags: {a: b}}]
`;

async function ceiling(manifest: string): Promise<SpendCeiling> {
  const { priced, problems } = loadPricedNodePools({ files: ['pools.yaml'], catalogue, readFile: () => manifest });
  if (priced === undefined) throw new Error(JSON.stringify(problems));
  const profile = schedulingProfile(priced.version);
  const [only] = await spendCeilings({ ...priced, servicePrices: readServicePrices('us-east-1'), profile });
  return only as SpendCeiling;
}

describe('the largest bill that limits allow', () => {
  it('is the dearest fleet with its volumes and monitoring', async () => {
    const { 'on-demand': onDemand, spot } = (await ceiling(pool('limits: {cpu: 10}'))).byPurchase;
    // Ten vCPUs are five m5.large or two m5.xlarge and one m5.large: the instances cost the same, five have more volumes.
    expect(onDemand).toMatchObject({ nodes: [{ instanceType: 'm5.large', count: 5, cost: { instance: 0.096 } }] });
    // 20 GiB of gp3 at $0.08 and monitoring of seven metrics at $0.30, a month of 730 hours.
    expect((onDemand as Ceiling).perHour).toBeCloseTo(5 * (0.096 + (20 * 0.08 + 7 * 0.3) / 730), 4);
    expect((spot as Ceiling).perHour).toBeLessThan((onDemand as Ceiling).perHour);
  });

  it('counts the CPU above the baseline of burstable types, all vCPUs busy', async () => {
    const { byPurchase } = await ceiling(pool('limits: {cpu: 4}').replace('m5.large, m5.xlarge', 't3.medium'));
    // Two vCPUs with a baseline of 20 %, $0.05 a vCPU-hour.
    expect(byPurchase['on-demand']).toMatchObject({ nodes: [{ count: 2, cost: { surplusCpu: 1.6 * 0.05 } }] });
  });

  it('takes only what the requirements admit', async () => {
    const spotOnly = '- {key: karpenter.sh/capacity-type, operator: In, values: [spot]}';
    const { byPurchase } = await ceiling(pool('limits: {cpu: 10}', spotOnly));
    expect(byPurchase['on-demand']).toBeNull();
    expect(byPurchase.spot).toMatchObject({ used: { cpu: 10_000 } });
  });

  it('is unbounded without limits, or with limits on what no type has', async () => {
    expect(highest(await ceiling(pool('')))).toBe('unbounded');
    expect(highest(await ceiling(pool('limits: {nvidia.com/gpu: 2}')))).toBe('unbounded');
  });

  it('is bounded by the node count of v1, which v1beta1 does not know', async () => {
    expect(highest(await ceiling(pool('limits: {nodes: 3}')))).toMatchObject({
      nodes: [{ instanceType: 'm5.xlarge', count: 3 }],
    });
    const old = pool('limits: {nodes: 3}')
      .replaceAll('/v1\n', '/v1beta1\n')
      .replace('alias: al2023@latest', 'id: ami-1');
    const older = old.replace('role: r', 'role: r\n  amiFamily: AL2').replace('group: karpenter.k8s.aws, ', '');
    expect(highest(await ceiling(older))).toBe('unbounded');
  });
});

describe('files of priced NodePools', () => {
  const complaints = (texts: Readonly<Record<string, string>>, options: object = {}): string[] => {
    const readFile = (file: string): string => {
      const text = texts[file];
      if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      return text;
    };
    const { problems } = loadPricedNodePools({ files: Object.keys(texts), catalogue, readFile, ...options });
    return (problems ?? []).map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  };

  it('are one scenario or manifests, and hold a NodePool', () => {
    const scenario = 'name: x\nmanifests: {}\n';
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n';
    expect(complaints({ 'a.yaml': scenario, 'b.yaml': pool('') })).toEqual([
      'a.yaml:1:1 this is a scenario, and it stands beside other files',
    ]);
    expect(complaints({ 'b.yaml': namespace })).toEqual(['b.yaml:1:1 there is no NodePool in this file']);
    expect(complaints({}, { files: ['c.yaml'] })).toEqual(['c.yaml:1:1 cannot read c.yaml: no such file']);
  });

  it('take options that mean something for them', () => {
    expect(complaints({ 'a.yaml': 'manifests: {}\n' }, { region: 'us-west-2' })[0]).toBe(
      '--region:0:0 a scenario has its own',
    );
    expect(complaints({ 'b.yaml': pool('') }, { set: ['seed=1'] })).toEqual([
      '--set seed=1:0:0 there is no scenario to change',
    ]);
  });
});
