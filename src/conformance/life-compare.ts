import { readAmounts } from './case-catalogs.js';
import { lifeNames, type LifeNames } from './life-identity.js';
import type { LifeEvent, LifeRecording } from './life-story.js';
import { stableText } from './stable-text.js';

/** Recorded times are given to a tenth of a second. */
const ROUNDING_SECONDS = 0.1;
/** Guards the sum of two decimal times against binary rounding. */
const EPSILON = 1e-6;

/** The first place where two timelines part. */
export interface LifeDifference {
  readonly t: number;
  /** What happened, with the names of equal things made equal. */
  readonly what: string;
  /** Times at which it happened: recorded, and ours. */
  readonly expected: readonly number[];
  readonly got: readonly number[];
}

const NOT_COMPARED = new Set(['FailedScheduling']);

/** Detail fields that are compared; names in them are replaced. `by`, messages and lists of names are not. */
const COMPARED: Readonly<Record<string, (value: unknown, names: LifeNames) => unknown>> = {
  nodePool: (value) => value,
  requests: amounts,
  instanceTypes: (value) => [...(value as readonly string[])].sort(),
  instanceType: (value) => value,
  zone: (value) => value,
  capacityType: (value) => value,
  pendingPods: (value) => value,
  deletingPods: (value) => value,
  decision: (value) => value,
  reason: (value) => value,
  pods: (value) => value,
  replacements: (value) => value,
  node: (value, names) => names.node(String(value)),
};

function amounts(value: unknown): unknown {
  const list = value as Readonly<Record<string, string | number>>;
  const texts = Object.entries(list).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return texts.length === 0 ? list : readAmounts(Object.fromEntries(texts));
}

function subjectOf({ type, subject = '' }: LifeEvent, names: LifeNames): string {
  if (subject === '') return '';
  if (type.startsWith('Pod')) return names.pod(subject);
  if (/^(Node(Created|Ready|Deleting|Deleted)|Tainted|Untainted)$/.test(type)) return names.node(subject);
  if (/^(Disrupting|Command|Abandoned)/.test(type)) return subject.split(',').map(names.node).sort().join(', ');
  return names.claim(subject);
}

/** Times of equal events, by what happened. */
function timesByEvent(recording: LifeRecording, byInstant: boolean): Map<string, number[]> {
  const names = lifeNames(recording, byInstant);
  const times = new Map<string, number[]>();
  for (const event of recording.events) {
    if (NOT_COMPARED.has(event.type)) continue;
    const detail: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(event.detail ?? {})) {
      const compared = COMPARED[field]?.(value, names);
      if (compared !== undefined && compared !== '') detail[field] = compared;
    }
    const text = `${event.type} ${subjectOf(event, names)} ${stableText(detail)}`;
    const known = times.get(text);
    if (known === undefined) times.set(text, [event.t]);
    else known.push(event.t);
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
}

function firstApart(expected: readonly number[], got: readonly number[], withinSeconds: number): number | undefined {
  for (let index = 0; index < Math.max(expected.length, got.length); index++) {
    const a = expected[index];
    const b = got[index];
    if (a === undefined || b === undefined) return a ?? b;
    if (Math.abs(a - b) > withinSeconds + EPSILON) return Math.min(a, b);
  }
  return undefined;
}

function differenceUnder(
  expected: LifeRecording,
  got: LifeRecording,
  spreadSeconds: number,
  byInstant: boolean,
): LifeDifference | undefined {
  const theirs = timesByEvent(expected, byInstant);
  const ours = timesByEvent(got, byInstant);
  const within = ROUNDING_SECONDS + spreadSeconds;
  let first: LifeDifference | undefined;
  for (const what of new Set([...theirs.keys(), ...ours.keys()])) {
    const a = theirs.get(what) ?? [];
    const b = ours.get(what) ?? [];
    const t = firstApart(a, b, within);
    if (t !== undefined && (first === undefined || t < first.t)) first = { t, what, expected: a, got: b };
  }
  return first;
}

/**
 * Where two timelines part; undefined when they tell the same. Equal events are matched in order and may lie
 * 0.1 s + `spreadSeconds` apart. Things made at one instant may be numbered differently, and of equal nodes another may
 * be taken (life/FORMAT.md, "How to compare").
 */
export function lifeDifference(
  expected: LifeRecording,
  got: LifeRecording,
  spreadSeconds: number,
): LifeDifference | undefined {
  const strict = differenceUnder(expected, got, spreadSeconds, true);
  if (strict === undefined) return undefined;
  return differenceUnder(expected, got, spreadSeconds, false) === undefined ? undefined : strict;
}

/** Nodes by machine and pods by Deployment, bound and not, where a run ended. */
export function finalSummary({ final, events }: LifeRecording): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (const { instanceType } of final.nodes) count(`node ${instanceType}`);
  const names = lifeNames({ name: '', events, final }, false);
  for (const [pod, node] of Object.entries(final.pods)) {
    if (!names.pod(pod).includes(' on ')) count(`${names.pod(pod)} ${node === '' ? 'pending' : 'bound'}`);
  }
  return counts;
}
