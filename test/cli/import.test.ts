import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterDump } from '../scenario/cluster-dump.js';
import { karpsim } from './karpsim.js';

const call = (...args: readonly string[]) => karpsim(args);

let folder = '';

const POOL = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: general }
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      taints: [{ key: team, value: core, effect: NoSchedule }]
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge] }
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'karpsim-import-'));
  const dump = new ClusterDump();
  dump.nodeClass('default');
  dump.nodePool('general', {
    disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '1m' },
    template: {
      spec: {
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
        requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.large', 'm5.xlarge'] }],
      },
    },
  });
  const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
  dump.managedNode('system', { type: 'm5.large' });
  dump.deployment({ name: 'web', on: [a, a, a], annotations: { 'karpenter.sh/do-not-disrupt': 'true' } });
  const b = dump.karpenterNode('general', { type: 'm5.xlarge' });
  dump.deployment({ name: 'api', on: [b] });
  writeFileSync(join(folder, 'dump.yaml'), dump.yaml());
  writeFileSync(join(folder, 'pool.yaml'), POOL);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: string[]): string => join(folder, ...names);

describe('from a dump to an answer', () => {
  it('takes four commands, each told by the one before', async () => {
    const imported = await call('import', at('dump.yaml'), '--out', at('mine'), '--duration', '5m');
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    const next = `karpsim run ${at('mine', 'scenario.yaml')}`;
    expect(imported.stdout.trimEnd().endsWith(next)).toBe(true);
    expect(readdirSync(at('mine')).sort()).toEqual([
      'nodepools.yaml',
      'scenario.yaml',
      'start-state.json',
      'workloads.yaml',
    ]);
    const run = await call('run', at('mine', 'scenario.yaml'), '--out', at('run'));
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^Now, at 12:00 UTC, Karpenter would do this\n/);
    expect(run.stdout).toContain('Single-node consolidation would');
    expect(run.stdout.trimEnd()).toMatch(
      /copy .*nodepools\.yaml to changed\.yaml, change it there, then\nkarpsim compare .*scenario\.yaml --with changed\.yaml$/,
    );
    const before = readFileSync(at('mine', 'nodepools.yaml'), 'utf8');
    writeFileSync(at('changed.yaml'), before.replace('consolidateAfter: 1m', 'consolidateAfter: Never'));
    const args = ['--with', at('changed.yaml'), '--seeds', '2', '--results', at('results.jsonl')];
    const compared = await call('compare', at('mine', 'scenario.yaml'), ...args);
    expect(compared.stderr).not.toContain('Error');
    expect(compared.stdout).toContain('cost');
  });

  it('does not write over a folder, nor half of one', async () => {
    expect(await call('import', at('dump.yaml'), '--out', folder)).toMatchObject({
      code: 2,
      stderr: `karpsim: --out: ${folder} exists — give another folder, or --force to replace it\n`,
    });
    writeFileSync(at('empty.yaml'), '');
    const nothing = await call('import', at('empty.yaml'), '--out', at('nothing'));
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toMatch(/^karpsim: .*there is nothing in the dump to simulate/);
    expect(existsSync(at('nothing'))).toBe(false);
  });

  it('says what it needs', async () => {
    expect((await call('import', at('dump.yaml'))).stderr).toBe(
      'karpsim: --out is missing — try --out scenarios/mine\n',
    );
    expect((await call('import', at('none.yaml'), '--out', at('x'))).stderr).toMatch(/^karpsim: cannot read .*ENOENT/);
    const wrong = await call('import', at('dump.yaml'), '--out', at('x'), '--utilisation', '70');
    expect(wrong.stderr).toBe('karpsim: --utilisation: 70 is not a share between 0 and 1, such as 0.5\n');
  });

  it('prints JSON', async () => {
    const { stdout } = await call('import', at('dump.yaml'), '--out', at('json'), '--json', '--redact');
    expect(JSON.parse(stdout)).toMatchObject({ version: 'v1.14.1', region: 'us-east-1', counts: { pods: 4 } });
  });
});

describe('karpsim explain of a dump', () => {
  it('says which nodes could go, and why the others stay', async () => {
    const { code, stdout } = await call('explain', at('dump.yaml'));
    expect(code).toBe(0);
    expect(stdout).toContain('3 nodes now, by Karpenter v1.14.1: 1 could go, 2 stay');
    expect(stdout).toMatch(/ip-10-1-0-\d+\.ec2\.internal \(m5\.xlarge, general, 1 pod\): single would delete it/);
    expect(stdout).toMatch(/Pod has "karpenter\.sh\/do-not-disrupt" annotation \(Pod=shop\/web-[^)]*\): 1 node/);
    expect(stdout).toContain('Karpenter does not manage it: 1 node');
  });

  it('takes one node, and JSON', async () => {
    const { nodes } = JSON.parse((await call('explain', at('dump.yaml'), '--json')).stdout) as {
      nodes: { node: string }[];
    };
    expect(nodes).toHaveLength(3);
    const name = nodes[0]?.node ?? '';
    expect((await call('explain', at('dump.yaml'), '--node', name)).stdout).toContain('1 node now');
    expect(await call('explain', at('dump.yaml'), '--node', 'nobody')).toMatchObject({
      code: 2,
      stderr: 'karpsim: --node: the dump has no node "nobody" — without an option all nodes are listed\n',
    });
    expect((await call('explain', at('dump.yaml'), '--pod', 'a')).stderr).toBe(
      'karpsim: --pod: a dump tells only of nodes — --node, or no option\n',
    );
  });
});

describe('karpsim pack and explain', () => {
  const dumped = (): string => readFileSync(at('dump.yaml'), 'utf8');
  const piped = (text: string, ...args: readonly string[]) =>
    karpsim(args, { started: ({ stdin }) => stdin?.end(text) });

  it('read a dump from standard input as from a file', async () => {
    for (const command of ['pack', 'explain']) {
      const { code, stdout } = await call(command, at('dump.yaml'));
      expect(await piped(dumped(), command, '-')).toMatchObject({ code, stdout, stderr: '' });
    }
  });

  it('take what is left of a dump that is cut off, and say so first', async () => {
    writeFileSync(at('cut.yaml'), dumped().slice(0, dumped().indexOf('name: app')));
    for (const command of ['pack', 'explain']) {
      const { code, stdout } = await call(command, at('cut.yaml'));
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^Look at this first\n {2}- the dump is cut off: what came before is read, the rest is missing/,
      );
    }
    const { findings } = JSON.parse((await call('explain', at('cut.yaml'), '--json')).stdout) as {
      findings: { kind: string }[];
    };
    expect(findings.map(({ kind }) => kind)).toContain('broken');
  });

  it('refuse what import refuses, in the same words', async () => {
    writeFileSync(at('two.yaml'), dumped() + '---\n' + dumped().replaceAll(/uid: \S+/g, 'uid: other'));
    const api =
      'apiVersion: karpenter.sh/v1alpha5\nkind: Provisioner\nmetadata: { name: a, uid: u, resourceVersion: "1" }\n';
    writeFileSync(at('old.yaml'), api);
    for (const file of ['two.yaml', 'old.yaml']) {
      const { code, stderr } = await call('import', at(file), '--out', at('refused'));
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /more than one cluster|only 1 Provisioner could be read — convert each Provisioner to a NodePool/,
      );
      for (const command of ['pack', 'explain']) {
        expect(await call(command, at(file))).toMatchObject({ code: 2, stdout: '', stderr });
      }
    }
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('take a cluster of a region without prices to where there are some, and say so', async () => {
    writeFileSync(at('abroad.yaml'), dumped().replaceAll('us-east-1', 'eu-west-1'));
    const said =
      'the cluster is in eu-west-1, for which there are no prices, and is taken to be in us-east-1 (eu-west-1a as us-east-1a)';
    const { code, stdout } = await call('explain', at('abroad.yaml'));
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(stdout).toContain((await call('explain', at('dump.yaml'))).stdout);
    const imported = await call('import', at('abroad.yaml'), '--out', at('abroad'));
    expect(imported.stdout.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(readFileSync(at('abroad', 'start-state.json'), 'utf8')).not.toContain('eu-west-1');
  });
});

describe('karpsim init and doctor', () => {
  it('write a scenario that runs and lacks nothing', async () => {
    const made = await call('init', at('pool.yaml'), '--out', at('starter'));
    expect(made.code).toBe(0);
    expect(made.stdout.trimEnd().endsWith(`karpsim doctor ${at('starter', 'scenario.yaml')}`)).toBe(true);
    const healthy = await call('doctor', at('starter', 'scenario.yaml'));
    expect(healthy).toMatchObject({ code: 0, stderr: '' });
    expect(healthy.stdout).toBe(
      `Nothing is missing or assumed that the doctor knows of.\n\nNext: karpsim run ${at('starter', 'scenario.yaml')}\n`,
    );
    const args = ['--set', 'duration=20m', '--set', 'window=', '--set', 'traffic.visitors.spikes=', '--json'];
    const run = await call('run', at('starter', 'scenario.yaml'), '--out', at('run-starter'), ...args);
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ pods: { unschedulable: 0 } });
  });

  it('init refuses what is no file of NodePools, and a folder that is there', async () => {
    expect((await call('init', at('starter', 'workloads.yaml'), '--out', at('other'))).stderr).toContain(
      'there is no NodePool in this file',
    );
    expect((await call('init', at('pool.yaml'), '--out', folder)).stderr).toContain('exists — give another folder');
    expect((await call('init', at('pool.yaml'), '--out', at('other'), '--region', 'mars-1')).stderr).toContain(
      'no data for region "mars-1"',
    );
    expect(existsSync(at('other'))).toBe(false);
  });

  it('doctor tells the worst first', async () => {
    const workloads = at('starter', 'workloads.yaml');
    const text = readFileSync(workloads, 'utf8').replace(
      'resources: { requests: { cpu: 500m, memory: 512Mi } }',
      'resources: {}',
    );
    writeFileSync(workloads, text.replace(/---\napiVersion: policy[\s\S]*/, ''));
    const scenario = at('starter', 'scenario.yaml');
    const { diagnoses } = JSON.parse((await call('doctor', scenario, '--json')).stdout) as {
      diagnoses: { code: string }[];
    };
    expect(diagnoses.map(({ code }) => code)).toEqual(['no-requests', 'no-disruption-budget', 'remark']);
    const spec = readFileSync(scenario, 'utf8').replace(/services:[\s\S]*?(?=# What you want)/, '');
    writeFileSync(scenario, spec);
    const { stdout } = await call('doctor', scenario);
    expect(stdout.indexOf('no cpu or no memory')).toBeLessThan(stdout.indexOf('an autoscaler and no load'));
    expect(stdout.indexOf('Results mislead')).toBeLessThan(stdout.indexOf('Assumed'));
  });
});
