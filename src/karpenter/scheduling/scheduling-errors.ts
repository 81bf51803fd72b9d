import type { SchedulingError } from './scheduling-result.js';

/** Stable codes of {@link SchedulingError} (scheduling.md Appendix B). */
export type SchedulingErrorCode =
  | 'untolerated-taint'
  | 'host-port-conflict'
  | 'incompatible-requirements'
  | 'incompatible-volumes'
  | 'unsatisfiable-topology'
  | 'reserved-capacity-exhausted'
  | 'resource-claims-unsupported'
  | 'node-limit-exhausted'
  | 'limits-exceeded'
  | 'no-nodepool-has-types'
  | 'min-values'
  | 'no-types-requirements-resources-offering'
  | 'no-types-requirements-resources'
  | 'no-types-requirements-offering'
  | 'no-types-resources-offering'
  | 'no-types-requirements'
  | 'no-types-resources'
  | 'no-types-offering'
  | 'no-type-with-requirements-and-resources-has-offering'
  | 'no-type-with-resources-and-offering-meets-requirements'
  | 'no-type-with-requirements-and-offering-has-resources'
  | 'no-type-meets-all'
  | 'uninitialized-node'
  | 'insufficient-resources'
  | 'volume-limits'
  | 'unknown-volumes'
  | 'all-nodepools-refused';

type Detail = SchedulingError['detail'];

/**
 * Why one candidate does not take a pod. Most refusals are never looked at, since another candidate takes the pod, so
 * the details are only computed when asked for.
 */
export interface Refusal {
  readonly refused: SchedulingErrorCode;
  readonly detail: () => Detail;
}

const NO_DETAIL = (): Detail => ({});

export function refusal(code: SchedulingErrorCode, detail: () => Detail = NO_DETAIL): Refusal {
  return { refused: code, detail };
}

export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome;
}

export function errorOf(refused: Refusal, nodePoolName?: string): SchedulingError {
  return new LazyError(refused, nodePoolName);
}

const NO_CAUSES: SchedulingError['causes'] = [];

/** Says what is wrong in detail when somebody asks. */
class LazyError implements SchedulingError {
  readonly code: string;
  readonly causes = NO_CAUSES;
  readonly #refused: Refusal;
  #detail: Detail | undefined;

  constructor(
    refused: Refusal,
    readonly nodePoolName: string | undefined,
  ) {
    this.code = refused.refused;
    this.#refused = refused;
  }

  get detail(): Detail {
    return (this.#detail ??= this.#refused.detail());
  }
}
