import { nodeReadiness } from '../../analysis/node-readiness.js';
import { provisioningSteps, type ProvisioningSteps, type TimeWindow } from '../../analysis/provisioning-steps.js';
import type { Quantiles } from '../../analysis/quantiles.js';
import type { RunAnalysis } from '../../analysis/run-analysis.js';
import { clock, count, duration, percent, span, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable, type Cell } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** The guide says that nodes are ready in less than this. */
const CLAIMED_READY_SECONDS = 30;

type Steps = readonly (readonly [string, string, (steps: ProvisioningSteps) => Quantiles])[];

const STEPS: Steps = [
  ['1 pod pending', 'created → unschedulable', (steps) => steps.podPending],
  ['2 Karpenter trigger', '→ batch closed', (steps) => steps.karpenterTrigger],
  ['3 instance selection', '→ NodeClaim created', (steps) => steps.instanceSelection],
  ['4 node provisioning', '→ Ready and initialized', (steps) => steps.nodeProvisioning],
  ['5 pod scheduling', '→ bound', (steps) => steps.podScheduling],
  ['6 complete', 'created → bound', (steps) => steps.createdToBound],
  ['', 'created → ready', (steps) => steps.createdToReady],
];

/** The same way under Cluster Autoscaler; what it does about the pod stands where Karpenter's batch and NodeClaim do. */
const GROUP_STEPS: Steps = [
  ['1 pod pending', 'created → unschedulable', (steps) => steps.podPending],
  ['2 Cluster Autoscaler', '→ scale-up decided', (steps) => steps.karpenterTrigger],
  ['3 node group', '→ its instance requested', (steps) => steps.instanceSelection],
  ['4 node provisioning', '→ Ready', (steps) => steps.nodeProvisioning],
  ['5 pod scheduling', '→ bound', (steps) => steps.podScheduling],
  ['6 complete', 'created → bound', (steps) => steps.createdToBound],
  ['', 'created → ready', (steps) => steps.createdToReady],
];

interface Column {
  readonly label: string;
  readonly steps: ProvisioningSteps;
}

/** The traffic spike's answer: the guide's six steps with times, for the window of the scenario and for the whole run. */
export function provisioningStory(run: RunAnalysis, window: TimeWindow | undefined, palette: Palette): string {
  return [
    palette.title('From a pending pod to a running one: the six steps of pods that waited for a new node'),
    stepTable(columnsOf(run, window), STEPS, palette),
    palette.aside('  * other pods took the place meant for it; the wait for a later NodeClaim is in step 3'),
    '',
    readiness(run),
  ].join('\n');
}

/** The same of a baseline whose groups grow, step for step beside Karpenter's. */
export function groupProvisioningStory(run: RunAnalysis, window: TimeWindow | undefined, palette: Palette): string {
  return [
    palette.title('From a pending pod to a running one: pods that waited for a new node of a group'),
    stepTable(columnsOf(run, window), GROUP_STEPS, palette),
    palette.aside('  * other pods took the place meant for it; the wait for a later instance is in step 3'),
  ].join('\n');
}

function columnsOf({ pods, facts }: RunAnalysis, window: TimeWindow | undefined): readonly Column[] {
  const { startTimeMs, endMs } = facts;
  const columns: Column[] = [
    { label: `whole run, ${span(endMs / 1000)}`, steps: provisioningSteps(pods, { fromMs: 0, toMs: Infinity }) },
  ];
  if (window !== undefined) {
    const label = `spike ${clock(startTimeMs + window.fromMs)}–${clock(startTimeMs + window.toMs)}`;
    columns.unshift({ label, steps: provisioningSteps(pods, window) });
  }
  return columns;
}

function stepTable(columns: readonly Column[], rows: Steps, palette: Palette): string {
  const spanned = (text: (column: Column) => string): Cell[] =>
    columns.map((column) => ({ content: text(column), colSpan: 4 }));
  const quantiles = (of: (steps: ProvisioningSteps) => Quantiles): string[] =>
    columns.flatMap(({ steps }) => {
      const { p50, p90, p99, max } = of(steps);
      return [p50, p90, p99, max].map(duration);
    });
  return alignedTable(
    [
      ['', '', ...spanned(({ label }) => label)],
      ['', '', ...columns.flatMap(() => ['p50', 'p90', 'p99', 'max'].map(palette.aside))],
      ...rows.map(([name, marks, of]) => [name, palette.aside(marks), ...quantiles(of)]),
      ['', palette.aside('pods'), ...spanned(({ steps }) => whole(steps.waited))],
      ['', palette.aside('of these displaced*'), ...spanned(({ steps }) => whole(steps.displaced))],
      ['on existing nodes', palette.aside('created → bound'), ...quantiles((steps) => steps.existingCreatedToBound)],
      ['', palette.aside('pods'), ...spanned(({ steps }) => whole(steps.onExistingNodes))],
      ['never bound', palette.aside('pods'), ...spanned(({ steps }) => whole(steps.withoutNode))],
    ],
    2,
    1,
  );
}

/** Where the guide's claim about new nodes stands in this run. */
function readiness(run: RunAnalysis): string {
  const { limitSeconds, initialized, underLimit, createdToInitialized, fastestSeconds } = nodeReadiness(
    run.nodes,
    CLAIMED_READY_SECONDS,
  );
  const { p50, p99 } = createdToInitialized;
  const found =
    initialized === 0
      ? 'this run started no node.'
      : `${whole(underLimit)} of ${count(initialized, 'new node')} in this run (${percent(underLimit / initialized)}). ` +
        `From NodeClaim created to initialized: fastest ${duration(fastestSeconds)}, p50 ${duration(p50)}, p99 ${duration(p99)}.`;
  return wrap(`"Nodes ready in under ${limitSeconds} s": ${found}`, WIDTH, '  ', '  ');
}
