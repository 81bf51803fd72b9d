import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

const TEMPLATE =
  '  template: {spec: {requirements: [], nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: d}}}';
const POOLS = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
  disruption:
    consolidateAfter: 30s
    budgets:
      - nodes: 20%
      - {nodes: "0", reasons: [Drifted], schedule: "0 9 * * mon-fri", duration: 8h}
      - {nodes: "9", schedule: "0 0 30 2 *", duration: 1h}
${TEMPLATE}
`;

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

const budgets = (...args: string[]) => karpsim(['budgets', ...args], { cwd: desk.folder });

describe('karpsim budgets', () => {
  it('shows a week by the clock, in words, and warns of a schedule that never matches', async () => {
    writeFileSync(desk.path('pools.yaml'), POOLS);
    const { code, stdout } = await budgets('pools.yaml', '--week', '--from', '2026-03-25', '--nodes', '20');
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trimEnd().replace(/  +/g, '  '));
    expect(lines[0]).toBe('general: disruptions allowed at once of 20 nodes, Wed 2026-03-25 to Wed 2026-04-01');
    expect(lines).toContain('  Wed–Fri, Mon, Tue  00:00–09:00  4  4  4  1');
    expect(lines).toContain('  09:00–17:00  4  4  0  1, 2');
    expect(lines).toContain('  Drifted  4 of 20 for 128 h; none for 40 h');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Warning: NodePool general (pools.yaml:10): budget 3, schedule "0 0 30 2 *" never matches, which Karpenter takes as always',
    );
  });

  it('prints one JSON object, of a moment and the week after it', async () => {
    writeFileSync(desk.path('pools.yaml'), POOLS);
    const { stdout } = await budgets('pools.yaml', '--from', '2026-03-25T10:00:00Z', '--json');
    const [pool] = (JSON.parse(stdout) as { nodePools: { periods: unknown[]; warnings: string[] }[] }).nodePools;
    expect(pool?.periods[0]).toEqual({
      from: '2026-03-25T10:00:00Z',
      to: '2026-03-25T17:00:00Z',
      allowed: { Underutilized: 2, Empty: 2, Drifted: 0 },
      setByBudgets: { Underutilized: [1], Empty: [1], Drifted: [2] },
    });
    expect(pool?.warnings).toHaveLength(1);
  });

  it.each([
    [
      'kind: ConfigMap\napiVersion: v1\n',
      /^pools\.yaml:1:1: there is no NodePool in this file, only ConfigMap \(expected/,
    ],
    ['name: x\nmanifests: {}\n', /this is a scenario: give the file of NodePools/],
    [
      POOLS.replace('20%', '120%'),
      /^pools\.yaml:8:16: spec\.disruption\.budgets\[0\]\.nodes: .* \[nodepool\/budget-nodes\]$/m,
    ],
    [
      POOLS.replace('karpenter.sh/v1', 'karpenter.sh/v2'),
      /^pools\.yaml:1:13: apiVersion: NodePool karpenter\.sh\/v2 is not read/,
    ],
  ])('refuses a file without a valid NodePool', async (text, message) => {
    writeFileSync(desk.path('pools.yaml'), text);
    const { code, stdout, stderr } = await budgets('pools.yaml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each([
    [['gone.yaml'], /^gone\.yaml:1:1: cannot read gone\.yaml: no such file/],
    [['x.yaml', '--from', '2026-02-30'], /--from: "2026-02-30" is not a date/],
    [['x.yaml', '--nodes', '-1'], /--nodes: "-1" is not a count/],
    [[], /the file of NodePools is missing/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await budgets(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
