import { group } from 'd3-array';
import type { EventLog } from '../simulation/event-log.js';
import { nodeHistories, type NodeHistory } from './node-history.js';
import { nodeSuccessions, type Succession } from './node-succession.js';
import { movesOf, mostWithin, podPlaces, type PodPlace } from './pod-places.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import { scalingTurns, type ScalingTurn } from './scaling-turns.js';

const HOUR_MS = 3_600_000;

/** From so many moves within an hour on a pod is said to be moved about. */
export const MANY_MOVES = 3;

/** Nodes of one NodePool, machine and reason that were replaced by the same machine. */
export interface SameReplaced {
  readonly nodePool: string;
  /** Type and capacity type, such as `m5.large spot`. */
  readonly machine: string;
  readonly reason: string;
  readonly times: number;
  /** Of all nodes of the NodePool that were removed for the reason and replaced. */
  readonly ofReplaced: number;
  /** Launch to deletion of the removed ones, seconds. */
  readonly lifeSeconds: Quantiles;
  readonly first: Succession;
}

/** A node that was replaced by another machine, and that one by the first again. */
export interface ThereAndBack {
  readonly nodePool: string;
  readonly machines: readonly [string, string, string];
  /** Ms since the start of the run. */
  readonly timesMs: readonly [number, number];
  readonly reasons: readonly [string, string];
  readonly nodes: readonly [string, string, string];
}

/** A replica that had to move {@link MANY_MOVES} times within an hour, or more often. */
export interface MovedPod {
  readonly place: PodPlace;
  readonly movesMs: readonly number[];
  readonly mostAnHour: number;
}

/** Loops of a run: work that was done again and again. */
export interface Churn {
  /** Most frequent first. */
  readonly sameReplaced: readonly SameReplaced[];
  readonly thereAndBack: readonly ThereAndBack[];
  /** Most moved first. */
  readonly movedPods: readonly MovedPod[];
  /** Replicas there were at some time, for comparison. */
  readonly replicas: number;
  readonly scalingTurns: readonly ScalingTurn[];
}

/** Finds the loops of a run. */
export function churn(log: EventLog): Churn {
  const nodes = nodeHistories(log);
  const successions = nodeSuccessions(log, nodes);
  const places = podPlaces(log);
  const moved = places.map((place): MovedPod => {
    const movesMs = movesOf(place);
    return { place, movesMs, mostAnHour: mostWithin(movesMs, HOUR_MS) };
  });
  return {
    sameReplaced: sameReplaced(successions),
    thereAndBack: thereAndBack(successions),
    movedPods: moved
      .filter(({ mostAnHour }) => mostAnHour >= MANY_MOVES)
      .sort((a, b) => b.mostAnHour - a.mostAnHour || b.movesMs.length - a.movesMs.length),
    replicas: places.length,
    scalingTurns: scalingTurns(log),
  };
}

/** Type and capacity type of a node. */
function machineOf({ instance }: NodeHistory): string {
  return instance === undefined ? '' : `${instance.instanceType} ${instance.capacityType}`;
}

function sameReplaced(successions: readonly Succession[]): readonly SameReplaced[] {
  const found: SameReplaced[] = [];
  const byPool = group(successions, ({ before, reason }) => `${before.nodePool}/${reason}`);
  for (const ofPool of byPool.values()) {
    const same = ofPool.filter(({ before, after }) => machineOf(before) === machineOf(after));
    for (const [machine, list] of group(same, ({ before }) => machineOf(before))) {
      const [first] = list;
      if (first === undefined) continue;
      found.push({
        nodePool: first.before.nodePool,
        machine,
        reason: first.reason,
        times: list.length,
        ofReplaced: ofPool.length,
        lifeSeconds: quantilesOf(list.map(({ before, timeMs }) => timeMs - (before.instance?.launchedMs ?? timeMs))),
        first,
      });
    }
  }
  return found.sort((a, b) => b.times - a.times || (a.machine < b.machine ? -1 : 1));
}

function thereAndBack(successions: readonly Succession[]): readonly ThereAndBack[] {
  const nextOf = new Map(successions.map((succession) => [succession.before.nodeClaim, succession]));
  const found: ThereAndBack[] = [];
  for (const there of successions) {
    const back = nextOf.get(there.after.nodeClaim);
    if (back === undefined) continue;
    const machines = [machineOf(there.before), machineOf(there.after), machineOf(back.after)] as const;
    if (machines[0] === machines[1] || machines[0] !== machines[2]) continue;
    found.push({
      nodePool: there.before.nodePool,
      machines,
      timesMs: [there.timeMs, back.timeMs],
      reasons: [there.reason, back.reason],
      nodes: [there.before.node, there.after.node, back.after.node],
    });
  }
  return found;
}
