import type { ReasonDetail, StayReason } from '../../analysis/node-standing.js';
import { clockSeconds, count } from './figures.js';
import { reasonWords, type ReasonSetting } from './reason-words.js';

type Words = (detail: ReasonDetail, reason: StayReason) => string;

function text(value: ReasonDetail[string] | undefined): string {
  return typeof value === 'object' ? value.join(', ') : String(value ?? '');
}

const WORDS: Readonly<Record<string, Words>> = {
  'managed-group': () => 'not Karpenter’s',
  'not-initialized': ({ reason, waitsFor }) =>
    reason === 'NodeNotReady'
      ? 'not Ready yet'
      : `not initialized${waitsFor === undefined ? '' : `: ${text(waitsFor)}`}`,
  launching: ({ launchFailed }) =>
    launchFailed === undefined ? 'waits for an instance' : 'launch failed, tries again',
  booting: () => 'boots',
  proposed: ({ command }) => `${text(command)} in validation`,
  disrupting: ({ command }) => `${text(command)} waits for its replacement`,
  draining: ({ by, command, blockedPod }) =>
    `being deleted (${text(command ?? by)})${blockedPod === undefined ? '' : ', an eviction is refused'}`,
  terminating: () => 'drained, instance terminating',
  nominated: () => 'nominated for a pending pod',
  'pod-disruption-budget': ({ podDisruptionBudgets }) => `PDB ${text(podDisruptionBudgets)} allows no eviction`,
  'several-pod-disruption-budgets': () => 'a pod with several PDBs',
  'pod-do-not-disrupt': ({ pod }) => `do-not-disrupt pod ${text(pod)}`,
  'not-consolidatable': ({ untilMs }) => `not Consolidatable until ${clockSeconds(Number(untilMs))}`,
  'empty-for-too-short': ({ untilMs }) => `empty, goes after ${clockSeconds(Number(untilMs))}`,
  'not-looked-at': () => 'a candidate, not judged yet',
  'budget-exhausted': ({ reason, allowed, nodes }) =>
    `budget exhausted: ${text(allowed)} of ${text(nodes)} for ${text(reason)}`,
  'pods-unschedulable': ({ count: pods }) => `${count(Number(pods), 'pod')} would find no place`,
  'several-replacements': ({ count: nodes }) => `would need ${text(nodes)} new nodes`,
  'not-cheaper': ({ price, cheapest }) =>
    `needs < $${Number(price).toFixed(4)}/h` +
    (cheapest === undefined ? '' : `, cheapest is $${Number(cheapest).toFixed(4)}/h`),
  'spot-to-spot': () => 'spot-to-spot is off',
  'never-spot-to-spot': () => 'never spot to spot',
  'spot-to-spot-flexibility': ({ required, count: types }) =>
    `${text(types)} cheaper spot types, ${text(required)} needed`,
  'only-when-empty': ({ pods }) => `WhenEmpty, has ${count(Number(pods), 'pod')}`,
};

/** A reason for a column of a list. */
export function reasonInShort(reason: StayReason, setting: ReasonSetting): string {
  return WORDS[reason.code]?.(reason.detail, reason) ?? reasonWords(reason, setting);
}
