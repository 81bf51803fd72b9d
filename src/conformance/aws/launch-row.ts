import { planLaunch, type LaunchPlan } from '../../cloud/launch/launch-plan.js';
import { removalsOf, type LaunchFilterStep } from '../../cloud/launch/launch-request.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import type { CaseCatalogs } from '../case-catalogs.js';
import { durationMs } from '../recorded-duration.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import type { LaunchCase, LaunchRound } from './launch-case.js';
import { LaunchProvider, type ClaimOutcome } from './launch-provider.js';
import { launchRequestOf } from './launch-request-of.js';
import type { RecordedAnswers } from './recorded-account.js';

/** A row of launch.jsonl. */
interface LaunchRow extends RecordedAnswers {
  readonly case: LaunchCase;
}

interface RoundResult {
  readonly calls: readonly {
    readonly templates: readonly { readonly overrides: readonly unknown[] }[];
    readonly answer: { readonly errors?: readonly unknown[] };
  }[];
  readonly nodeClaims: readonly { readonly outcomes: readonly unknown[] }[];
}

/** Launches a row's NodeClaims round by round and compares filters, requests, outcomes and what the provider learnt. */
export function checkLaunchRow(row: unknown, catalogs: CaseCatalogs): Verdict {
  const { case: source, result, others = [] } = row as LaunchRow;
  const provider = new LaunchProvider(source, catalogs.sold(source.catalogue));
  let nowMs = 0;
  const rounds: unknown[] = [];
  for (const round of source.rounds) {
    nowMs += round.after === undefined ? 0 : durationMs(round.after);
    provider.memory.mark(round.mark ?? {}, nowMs);
    const filters = round.nodeClaims.map((claim) => {
      const request = launchRequestOf(claim, source.settings);
      return provider.hasTypes
        ? filtersOf(planLaunch(provider.memory.types(nowMs), request, providerProfile('v1.14.1')))
        : [];
    });
    const launched = provider.launch(round, nowMs);
    nowMs = launched.nowMs;
    rounds.push(roundResult(round, filters, launched, provider.memory.state(nowMs)));
  }
  const got = { rounds };
  const right = [result, ...others].map(comparable);
  if (right.includes(comparable(got))) return { agreed: true, expected: result, got };
  return { agreed: false, ...firstRoundApart(result, got) };
}

function roundResult(
  round: LaunchRound,
  filters: readonly unknown[],
  launched: ReturnType<LaunchProvider['launch']>,
  state: object,
): unknown {
  const { outcomes, calls, events, warnings } = launched;
  return {
    nodeClaims: round.nodeClaims.map((_, i) => ({ filters: filters[i], outcomes: counted(outcomes[i] ?? []) })),
    calls,
    ...state,
    ...(events.length > 0 && { events: [...events].sort() }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Equal outcomes as one. */
function counted(outcomes: readonly ClaimOutcome[]): unknown[] {
  const groups = new Map<string, { count: number; readonly outcome: ClaimOutcome }>();
  for (const outcome of outcomes) {
    const key = stableText(outcome);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { count: 1, outcome });
    else group.count++;
  }
  return [...groups.values()].map(({ count, outcome }) => ({ count, ...outcome }));
}

function filtersOf({ steps, minValuesUnsatisfied }: LaunchPlan): unknown[] {
  const shown: unknown[] = [];
  for (const [index, step] of steps.entries()) {
    shown.push(filterOf(step, index === 0, minValuesUnsatisfied));
    if (step.after.length === 0) break;
  }
  return shown;
}

function filterOf(step: LaunchFilterStep, isFirst: boolean, minValuesUnsatisfied: boolean): unknown {
  const { name, after } = step;
  const count = after.length;
  if (name === 'truncate') return { name, count, ...(minValuesUnsatisfied && { error: true }) };
  if (isFirst) return { name, count, ...(count > 0 && { kept: after.map(({ type }) => type.name).sort() }) };
  const { types, offerings } = removalsOf(step);
  return {
    name,
    count,
    ...(types.length > 0 && { rejected: [...types].sort() }),
    ...(offerings.length > 0 && { removedOfferings: [...offerings].sort() }),
  };
}

/** Text of a result in which lists whose order has no meaning are in one order. */
function comparable(result: unknown): string {
  const { rounds } = result as { readonly rounds: readonly RoundResult[] };
  return stableText(rounds.map(inOrder));
}

function inOrder(round: RoundResult): unknown {
  const sorted = (list: readonly unknown[]): string[] => list.map(stableText).sort();
  return {
    ...round,
    calls: sorted(
      round.calls.map((call) => ({
        ...call,
        answer: { ...call.answer, errors: sorted(call.answer.errors ?? []) },
        templates: sorted(call.templates.map((template) => ({ ...template, overrides: sorted(template.overrides) }))),
      })),
    ),
    nodeClaims: round.nodeClaims.map((claim) => ({ ...claim, outcomes: sorted(claim.outcomes) })),
  };
}

/** What follows the first round that differs follows from it. */
function firstRoundApart(expected: unknown, got: unknown): Pick<Verdict, 'expected' | 'got'> {
  const theirs = (expected as { readonly rounds: readonly RoundResult[] }).rounds;
  const ours = (got as { readonly rounds: readonly RoundResult[] }).rounds;
  const round = theirs.findIndex((each, i) => {
    const own = ours[i];
    return own === undefined || stableText(inOrder(each)) !== stableText(inOrder(own));
  });
  return { expected: { round, ...theirs[round] }, got: { round, ...ours[round] } };
}
