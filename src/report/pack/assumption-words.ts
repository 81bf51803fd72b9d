import type { Assumption } from '../../scenario/cluster-assumption.js';
import { count } from '../terminal/figures.js';

const SHOWN = 6;

function names(subjects: readonly string[]): string {
  const more = subjects.length - SHOWN;
  return more > 0 ? `${subjects.slice(0, SHOWN).join(', ')} and ${more} more` : subjects.join(', ');
}

const WORDS: Readonly<Record<Assumption['code'], (assumption: Assumption) => string>> = {
  'pods-made': (a) =>
    `${count(a.count, 'pod')} of workloads ${are(a)} not in the file and ${are(a)} taken as pending: ${names(a.subjects)}.`,
  'taken-as-unschedulable': (a) =>
    `${count(a.count, 'pod')} without a verdict of kube-scheduler ${are(a)} taken as unschedulable.`,
  'bound-to-unknown-node': (a) =>
    `${count(a.count, 'pod')} ${are(a)} bound to nodes that are not in the file and take part in nothing: ${names(a.subjects)}.`,
  'amounts-of-type': (a) =>
    `${count(a.count, 'node')} without amounts ${have(a)} those of their instance type: ${names(a.subjects)}.`,
  'node-without-claim': (a) =>
    `${count(a.count, 'node')} of NodePools ${have(a)} no NodeClaim in the file: ${names(a.subjects)}. Taken as running; limits count them.`,
  'claim-not-launched': (a) =>
    `${count(a.count, 'NodeClaim')} ${have(a)} no instance yet: ${names(a.subjects)}. Karpenter waits for such before it decides; here they are left out.`,
  'claim-without-node': (a) =>
    `${count(a.count, 'NodeClaim')} ${are(a)} launched and ${have(a)} no Node yet: ${names(a.subjects)}. Pods are planned on them.`,
  'node-being-disrupted': (a) =>
    `${count(a.count, 'node')} with Karpenter's taint of disruption ${are(a)} taken as going away: ${names(a.subjects)}.`,
  'node-class-assumed': (a) =>
    `No EC2NodeClass is in the file: AL2023 with its defaults stands for ${names(a.subjects)}.`,
  'unknown-instance-type': (a) => `NodePools name instance types that the data does not have: ${names(a.subjects)}.`,
  'static-node-pool': (a) => `Static NodePools take no pending pods: ${names(a.subjects)}.`,
  'other-version-left-out': (a) => `${count(a.count, 'object')} of the other version of Karpenter ${are(a)} left out.`,
};

function are({ count: n }: Assumption): string {
  return n === 1 ? 'is' : 'are';
}

function have({ count: n }: Assumption): string {
  return n === 1 ? 'has' : 'have';
}

/** What was assumed, as a sentence. */
export function assumptionWords(assumption: Assumption): string {
  return WORDS[assumption.code](assumption);
}
