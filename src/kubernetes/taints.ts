/** Effect of a taint. */
export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

/** A node taint. Identity is key and effect; an absent value is the empty string. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: TaintEffect;
}

/** A pod's toleration. Absent key, value or effect are empty strings; an absent operator is `Equal`. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists' | 'Gt' | 'Lt';
  readonly value: string;
  readonly effect: TaintEffect | '';
  readonly tolerationSeconds?: number | undefined;
}

/** A taint as kubectl writes it: `key=value:Effect`, without a value `key:Effect`. */
export function formatTaint({ key, value, effect }: Taint): string {
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
