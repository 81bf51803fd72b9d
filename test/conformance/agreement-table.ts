import { shareText } from '../../src/conformance/agreement-text.js';
import { placedFloors, type Floors } from './floors.js';

const BEGIN = '<!-- agreement: written by npm run agreement, never by hand -->';
const END = '<!-- /agreement -->';

const HEAD = ['what was recorded', 'version', 'cases', 'agreed', ''];

/** Kinds in the words of the README; of the last two each family has a row of its own. */
const KINDS: Readonly<Record<string, string>> = {
  provisioning: 'Karpenter: scheduling passes',
  disruption: 'Karpenter: disruption decisions',
  conditions: 'Karpenter: conditions of NodeClaims',
  life: 'Karpenter: whole lives of small clusters',
  'kubernetes/scheduler': 'kube-scheduler: filters, scores, preemption',
  'kubernetes/hpa': 'HorizontalPodAutoscaler, sync by sync',
  'kubernetes/pdb': 'PodDisruptionBudget status',
  'kubernetes/scaledown': 'ReplicaSet: who goes first',
  'aws/instance-types': 'AWS provider: instance types',
  'aws/launch': 'AWS provider: launches',
  'aws/interruption': 'AWS provider: interruptions',
};

/** Rows of the README's table, its head included. */
export function agreementRows(floors: Floors): string[][] {
  const sums = new Map<string, { what: string; version: string; cases: number; agreed: number }>();
  for (const { kind, version, family, cases, agreed } of placedFloors(floors)) {
    const what = KINDS[`${kind}/${family}`] ?? KINDS[kind] ?? kind;
    const sum = sums.get(`${what} ${version}`) ?? { what, version, cases: 0, agreed: 0 };
    sums.set(`${what} ${version}`, { ...sum, cases: sum.cases + cases, agreed: sum.agreed + agreed });
  }
  const rows = [...sums.values()].map(({ what, version, ...sum }) => [
    what,
    version,
    String(sum.cases),
    String(sum.agreed),
    shareText(sum),
  ]);
  return [HEAD, ...rows];
}

/** The README's rows as they stand there; undefined when the marks are missing. */
export function rowsInReadme(readme: string): string[][] | undefined {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) return undefined;
  const lines = readme.slice(begin + BEGIN.length, end).trim().split('\n');
  return lines
    .filter((_, line) => line !== 1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The README with its table replaced. @throws Error when the marks are missing */
export function withAgreement(readme: string, floors: Floors): string {
  if (rowsInReadme(readme) === undefined) throw new Error(`README.md lacks ${BEGIN} or ${END}`);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [head = [], ...rows] = agreementRows(floors);
  const marks = ['---', '---', '---:', '---:', '---:'];
  const table = [head, marks, ...rows].map(line).join('\n');
  const [before = ''] = readme.split(BEGIN);
  const [, after = ''] = readme.split(END);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
