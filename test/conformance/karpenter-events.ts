import { caseCluster } from '../../src/conformance/case-cluster.js';
import { CaseCatalogs } from '../../src/conformance/case-catalogs.js';
import type { RecordedCase } from '../../src/conformance/case-file.js';
import { disruptionMethods } from '../../src/karpenter/disruption/disruption-methods.js';
import { findingMessage } from '../../src/karpenter/disruption/finding-message.js';
import type { DisruptionContext } from '../../src/karpenter/disruption/disruption-method.js';
import { solve } from '../../src/karpenter/scheduling/solver.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { schedulingProfile } from '../../src/karpenter/versions/scheduling-profile-of.js';
import { RandomStream } from '../../src/kernel/random-streams.js';
import { recordedCases, SHIPPED_CATALOGS } from './recorded-cases.js';

/** Events about decisions and about pods' annotations; only reasons why nodes stay are compared. */
const NO_REASON = /^(Consolidation(Candidate|Approved|Rejected)|DoNotDisrupt\w+|InvalidDoNotDisruptAnnotation): /;

/** Cases with ties were asked so often, and their events were not kept. */
const TIE_RUNS = 300;

/** Recorded events and ours of one method, each `node: reason: message`, sorted. */
export interface EventComparison {
  readonly name: string;
  readonly recorded: readonly string[];
  readonly ours: readonly string[];
}

/** Asks every method about every case of a family whose answer does not depend on map order, and compares the events. */
export function compareEvents(version: KarpenterVersion, family: string): EventComparison[] {
  const catalogs = new CaseCatalogs([SHIPPED_CATALOGS]);
  return recordedCases(version, family)
    .filter(({ caseFile, recording }) => caseFile.kind === 'disruption' && (recording?.runs ?? TIE_RUNS) < TIE_RUNS)
    .flatMap((recorded) => compareCase(recorded, version, catalogs));
}

function compareCase(
  { caseFile, recording }: RecordedCase,
  version: KarpenterVersion,
  catalogs: CaseCatalogs,
): EventComparison[] {
  const profile = schedulingProfile(version);
  const { snapshot, settings, caseNames } = caseCluster(caseFile, version, catalogs);
  const comparisons: EventComparison[] = [];
  for (const { method: methodName, outcomes } of recording?.methods ?? []) {
    const [only, ...others] = outcomes as readonly { readonly events?: Readonly<Record<string, readonly string[]>> }[];
    const method = disruptionMethods(version).find(({ name }) => name === methodName);
    if (only === undefined || others.length > 0 || method === undefined) continue;
    const random = new RandomStream(caseFile.name);
    const context: DisruptionContext = {
      snapshot,
      settings,
      scheduling: profile,
      solve: (request) => solve(request, profile),
      random: () => random.next(),
      explain: false,
    };
    const search = method.search(context);
    const found = search.candidates.length === 0 ? [] : method.compute(context, search.candidates).findings;
    const ours = new Set<string>();
    for (const finding of [...search.findings, ...found]) {
      if (finding.event === undefined) continue;
      const reason = version === 'v1.14.1' ? `${finding.event}: ` : '';
      const node = caseNames.get(finding.node) ?? finding.node;
      ours.add(comparable(`${node}: ${reason}${findingMessage(finding, version)}`));
    }
    for (const [nodePool, { allowed, nodeCount }] of method.budgets?.(context).states ?? []) {
      if (allowed > 0 || nodeCount === 0) continue;
      const reason = method.reason;
      ours.add(`${nodePool}: DisruptionBlocked: No allowed disruptions for disruption reason ${reason} due to blocking budget`);
    }
    const recorded = new Set<string>();
    for (const [subject, events] of Object.entries(only.events ?? {})) {
      for (const event of events) {
        if (NO_REASON.test(event) || event.startsWith('Cannot disrupt NodeClaim: ')) continue;
        recorded.add(comparable(`${subject}: ${event}`));
      }
    }
    comparisons.push({ name: `${caseFile.name}/${methodName}`, recorded: [...recorded].sort(), ours: [...ours].sort() });
  }
  return comparisons;
}

/**
 * Which of several pods and PodDisruptionBudgets is named is left to the order of a map, so the names are left out, and with
 * them the scheduler's errors, which are for people.
 */
function comparable(event: string): string {
  return event
    .replace(/(Not|not) all pods would schedule, .*/s, '$1 all pods would schedule')
    .replace(/(PodDisruptionBudget|Pod|PDB)(\(s\))?[= ].*/, '$1');
}
