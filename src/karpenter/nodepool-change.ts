import { isDeepStrictEqual } from 'node:util';
import type { NodePool } from './nodepool.js';

/** What a changed NodePool does to the nodes that it has (disruption.md §5.5). */
export interface NodePoolChange {
  readonly nodePool: string;
  readonly kind: 'added' | 'changed' | 'unchanged';
  /** Paths of fields that differ. */
  readonly fields: readonly string[];
  /**
   * `all`: the hash of the template differs, every node drifts. `unmatched`: nodes drift whose labels do not satisfy the new
   * requirements. `none`: no node drifts.
   */
  readonly drifts: 'all' | 'unmatched' | 'none';
}

/** Compares a NodePool with the one of its name before; without one it is an addition. */
export function nodePoolChange(before: NodePool | undefined, after: NodePool): NodePoolChange {
  const nodePool = after.metadata.name;
  if (before === undefined) return { nodePool, kind: 'added', fields: [], drifts: 'none' };
  const fields = changedFields(before, after);
  const hashDiffers = before.hash !== after.hash;
  const requirementsDiffer = !isDeepStrictEqual(before.template.requirements, after.template.requirements);
  return {
    nodePool,
    kind: fields.length === 0 ? 'unchanged' : 'changed',
    fields,
    drifts: hashDiffers ? 'all' : requirementsDiffer ? 'unmatched' : 'none',
  };
}

function changedFields(before: NodePool, after: NodePool): readonly string[] {
  const differing = (a: object, b: object, prefix: string, keys: readonly string[]): string[] =>
    keys
      .filter((key) => !isDeepStrictEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
      .map((key) => `${prefix}${NAMES[key] ?? key}`);
  return [
    ...differing(before, after, 'spec.', ['weight', 'replicas', 'limits']),
    ...differing(before.disruption, after.disruption, 'spec.disruption.', Object.keys(after.disruption)),
    ...differing(before.template, after.template, 'spec.template.metadata.', ['labels', 'annotations']),
    ...differing(before.template, after.template, 'spec.template.spec.', [
      'requirements',
      'taints',
      'startupTaints',
      'nodeClassRef',
      'expireAfter',
      'terminationGracePeriodMs',
      'kubelet',
    ]),
  ];
}

const NAMES: Readonly<Record<string, string>> = { terminationGracePeriodMs: 'terminationGracePeriod' };
