import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, MAIN, ROOT } from './karpsim.js';

const EXAMPLE = join(ROOT, 'scenarios/banking/cluster.yaml');
const PAGE = readFileSync(join(ROOT, 'src', 'cli', 'commands', 'pack.md'), 'utf8');

interface Refused {
  readonly code: string;
  readonly reason: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Packed {
  readonly pods: Readonly<Record<string, number>>;
  readonly nodes: { readonly total: number; readonly goingAway: number };
  readonly existingNodes: readonly { readonly node: string; readonly pods: readonly string[] }[];
  readonly newNodeClaims: readonly {
    readonly nodePool: string;
    readonly pods: readonly string[];
    readonly requests: Readonly<Record<string, number>>;
    readonly instanceTypeCount: number;
    readonly instanceTypes: readonly { readonly name: string; readonly pricePerHour: number }[];
    readonly zones: readonly string[];
    readonly capacityTypes: readonly string[];
  }[];
  readonly unplaced: readonly {
    readonly pods: readonly string[];
    readonly code: string;
    readonly reason: string;
    readonly nodePools: readonly (Refused & { readonly nodePool: string })[];
    readonly nodes: readonly (Refused & { readonly node: string })[];
    readonly nodeReason: string;
  }[];
  readonly ignored: readonly { readonly pods: readonly string[]; readonly reasons: readonly Refused[] }[];
  readonly assumptions: readonly { readonly code: string; readonly text: string }[];
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

async function packed(args: readonly string[]): Promise<Packed> {
  const { code, stdout, stderr } = await karpsim(['pack', ...args, '--json'], { cwd: desk.folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Packed;
}

function unplaced({ unplaced: groups }: Packed, pod: string): Packed['unplaced'][number] {
  const group = groups.find(({ pods }) => pods.includes(`banking-app/${pod}`));
  if (group === undefined) throw new Error(`${pod} is placed`);
  return group;
}

describe('karpsim pack on the banking cluster', () => {
  it('prints what its page shows of it, in this order', async () => {
    const { code, stdout, stderr } = await karpsim(['pack', EXAMPLE], { cwd: desk.folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const shown = /<!-- pack-output.*?```\n(.*?)\n```/s.exec(PAGE)?.[1]?.split('\n') ?? [];
    expect(shown.length).toBeGreaterThan(30);
    const lines = stdout.split('\n');
    let at = 0;
    for (const line of shown.filter((text) => text.trim() !== '…')) {
      const found = lines.indexOf(line, at);
      expect(found, line).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
    expect(lines.every((line) => line.length <= 100)).toBe(true);
  });

  it('has exactly the documented fields with --json', async () => {
    const { stdout } = await karpsim(['pack', EXAMPLE, '--json'], { cwd: desk.folder });
    const object = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    const table = /<!-- pack-fields.*?\n\n(.*?)\n(?:\n|$)/s.exec(PAGE)?.[1] ?? '';
    const documented = table
      .split('\n')
      .slice(2)
      .map((row) => /`(\w+)`/.exec(row)?.[1] ?? row);
    expect(Object.keys(object).sort()).toEqual(documented.sort());
  });

  it('places pods on nodes and NodeClaims, cheapest types first, and moves pods of a node that goes away', async () => {
    const result = await packed([EXAMPLE]);
    expect(result.nodes).toEqual({ total: 4, goingAway: 1 });
    expect(result.pods).toEqual({
      total: 19,
      toPlace: 15,
      moving: 2,
      onExistingNodes: 5,
      onNewNodes: 4,
      unplaced: 6,
      ignored: 4,
    });
    expect(result.existingNodes[0]?.pods).toContain('banking-app/account-service-5d8f7c9b6-7hq2v');
    const audit = result.newNodeClaims.filter(({ pods }) => pods[0]?.startsWith('banking-app/audit-service') === true);
    expect(audit).toHaveLength(3);
    expect(new Set(audit.flatMap(({ zones }) => zones)).size).toBe(3);
    for (const claim of audit) {
      expect(claim.requests).toEqual({ cpu: 0.6, memory: 1_073_741_824, pods: 2 });
      expect(claim.capacityTypes).toEqual(['on-demand']);
      const prices = claim.instanceTypes.map(({ pricePerHour }) => pricePerHour);
      expect(prices).toHaveLength(claim.instanceTypeCount);
      expect(prices).toEqual([...prices].sort((a, b) => a - b));
    }
  });

  it('gives reasons as data: NodePool by NodePool and node by node', async () => {
    const result = await packed([EXAMPLE]);
    const large = unplaced(result, 'ledger-migration').nodePools;
    expect(large[0]).toMatchObject({
      nodePool: 'banking-general',
      code: 'no-types-resources',
      reason: 'no instance type has enough cpu (needs 20, the largest has 3.82 for pods)',
      detail: { requests: { cpu: 20 }, largest: { cpu: 3.82 } },
    });
    expect(large[1]).toMatchObject({ code: 'untolerated-taint', detail: { key: 'banking.com/compute-optimized' } });
    const zone = unplaced(result, 'fraud-report');
    expect(zone.nodePools[0]?.reason).toBe('no instance type matches topology.kubernetes.io/zone In [us-west-2a]');
    expect(zone.nodes.find(({ node }) => node === 'ip-10-0-1-21')).toMatchObject({ code: 'incompatible-requirements' });
    const limited = unplaced(result, 'api-gateway-1');
    expect(limited.nodePools.at(-1)?.detail).toMatchObject({ withinLimits: 1, typesOfNodePool: 4 });
    expect(limited.nodes.find(({ node }) => node === 'ip-10-0-1-31')).toMatchObject({
      code: 'insufficient-resources',
      detail: { requests: { cpu: 3 } },
    });
    const ignored = result.ignored.flatMap(({ pods, reasons }) =>
      reasons.map(({ code }) => `${pods[0] ?? ''} ${code}`),
    );
    expect(ignored).toContain('banking-app/receipt-archive immediate-binding');
    expect(ignored).toContain('banking-app/month-end-close scheduling-gated');
  });

  it('offers only the zones and types that it is told, down to none of them', async () => {
    const few = await packed([EXAMPLE, '--zones', 'us-east-1b', '--types', 'm5.large,t3.large']);
    const types = few.newNodeClaims.flatMap(({ instanceTypes }) => instanceTypes.map(({ name }) => name));
    expect(new Set(types)).toEqual(new Set(['m5.large', 't3.large']));
    expect(few.newNodeClaims.flatMap(({ zones }) => zones)).toEqual(few.newNodeClaims.map(() => 'us-east-1b'));
    writeFileSync(desk.path('types.txt'), 'm5.large # as before\nt3.large\n');
    expect(await packed([EXAMPLE, '--zones', 'us-east-1b', '--types', 'types.txt'])).toEqual(few);
    for (const none of ['--zones', '--types']) {
      const result = await packed([EXAMPLE, none, '']);
      expect(result.newNodeClaims).toEqual([]);
      expect(result.pods).toMatchObject({ onExistingNodes: 5, unplaced: 10 });
      expect(unplaced(result, 'ledger-migration').reason).toContain('banking-general: no instance type on offer');
    }
  });
});

describe('karpsim pack on odd clusters', () => {
  it('answers for no objects at all, and for pods without NodePools', async () => {
    writeFileSync(desk.path('empty.yaml'), '# nothing\n');
    expect((await packed(['empty.yaml'])).pods['total']).toBe(0);
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c}]}\n';
    writeFileSync(desk.path('pod.yaml'), pod);
    expect((await packed(['pod.yaml'])).unplaced).toMatchObject([{ pods: ['default/a'], code: 'no-nodepools' }]);
  });

  it('reads folders and standard input, and v1beta1 NodePools with the version that serves them', async () => {
    const pools = join(ROOT, 'scenarios/banking/nodepools-v1beta1.yaml');
    writeFileSync(desk.path('pools.yml'), readFileSync(pools));
    expect(await packed(['.'])).toMatchObject({ karpenterVersion: 'v0.32.0', nodePools: 2 });
    const child = spawn(process.execPath, [MAIN, 'pack', '-', '--json'], { cwd: desk.folder });
    child.stdin.end(readFileSync(pools));
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    expect(JSON.parse(text)).toMatchObject({ karpenterVersion: 'v0.32.0', nodePools: 2 });
  });

  it('ends with an answer for very many equal pods, wherever they fit or not', async () => {
    const pools = readFileSync(join(ROOT, 'scenarios/banking/nodepools.yaml'), 'utf8');
    const labels = '{app: web}';
    const web = (replicas: number, cpu: string): string =>
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${replicas}\n` +
      `  selector: {matchLabels: ${labels}}\n  template:\n    metadata: {labels: ${labels}}\n    spec:\n` +
      `      tolerations: [{operator: Exists}]\n      containers: [{name: c, resources: {requests: {cpu: ${cpu}}}}]\n`;
    writeFileSync(desk.path('many.yaml'), pools + web(5000, '100m'));
    expect((await packed(['many.yaml'])).pods).toMatchObject({ toPlace: 5000, onNewNodes: 5000 });
    writeFileSync(desk.path('large.yaml'), pools + web(5000, '200'));
    const { unplaced: groups } = await packed(['large.yaml']);
    expect(groups.map(({ pods }) => pods.length)).toEqual([5000]);
  });
});

describe('bad input', () => {
  it.each([
    [['pack'], 'karpsim: the cluster is missing — try karpsim pack scenarios/banking/cluster.yaml\n'],
    [['pack', 'x.yaml', '--zone', 'a'], 'karpsim: Unknown argument: zone — did you mean --zones?\n'],
    [['pack', EXAMPLE, '--region', 'us-east-2'], /^--region: there is no data for region "us-east-2" .*us-east-1/],
    [['pack', EXAMPLE, '--types', 'm5.larg'], /^--types: "m5.larg" is not .* — did you mean "m5.large"\?\n$/],
    [['pack', EXAMPLE, '--types', 'no/such.txt'], /^karpsim: --types: cannot read no\/such.txt/],
    [['pack', 'gone.yaml'], /^gone\.yaml: cannot read .*no such file/],
    [['pack', '.'], /there are no manifests in this folder/],
  ])('%j is refused with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await karpsim(args, { cwd: desk.folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('is told at once with file, line, column and path, and a mistake that repeats is cut short', async () => {
    const pod = (name: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  containers: [{name: c}]\n  volumes:\n` +
      `    - name: data\n      persistentVolumeClaim: {claimName: nope}\n`;
    writeFileSync(desk.path('bad.yaml'), `apiVersion: v1\nkind: Pood\nmetadata: {name: x}\n---\n${pod('a')}`);
    const { code, stderr } = await karpsim(['pack', 'bad.yaml'], { cwd: desk.folder });
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('bad.yaml:2:7: kind: unknown kind "Pood" — did you mean "Pod"?');
    expect(lines[1]).toMatch(/^bad\.yaml:12:42: spec\.volumes\[0\]\.persistentVolumeClaim\.claimName: there is no/);
    const many = Array.from({ length: 300 }, (_, index) => pod(`p${index}`)).join('---\n');
    writeFileSync(desk.path('many.yaml'), many);
    const cut = await karpsim(['pack', 'many.yaml'], { cwd: desk.folder });
    expect(cut.stderr.trimEnd().split('\n')).toHaveLength(201);
    expect(cut.stderr).toMatch(/… and 100 more problems\n$/);
  });
});
