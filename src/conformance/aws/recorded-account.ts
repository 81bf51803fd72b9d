import type { RecordedAwsSettings } from './recorded-types.js';

/** What is out of capacity as far as the provider knows; offerings as `capacityType:type:zone`. */
export interface RecordedMarks {
  readonly offerings?: readonly string[];
  readonly capacityTypes?: readonly string[];
  readonly subnets?: readonly string[];
}

/** A capacity reservation; `endsIn` counts from the start of the case. */
export interface RecordedReservation {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly kind: 'default' | 'capacity-block';
  readonly interruptible?: boolean;
  readonly free: number;
  readonly endsIn?: string;
}

/** What exists in EC2 and what the provider has learnt of it at the start of a case (aws/FORMAT.md). */
export interface RecordedAccount {
  readonly catalogue: string;
  readonly settings: RecordedAwsSettings;
  readonly prices?: readonly {
    readonly type: string;
    readonly zone?: string;
    readonly capacityType: string;
    readonly price: number | null;
  }[];
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly freeIPs: number }[];
  readonly nodeClass: { readonly spec: Readonly<Record<string, unknown>>; readonly state?: string };
  readonly reservations?: readonly RecordedReservation[];
  readonly unavailable: RecordedMarks;
}

/** Whether an answer is one of the recorded ones. */
export interface RecordedAnswers {
  readonly result: unknown;
  /** Further right answers, where the real one hangs on map order. */
  readonly others?: readonly unknown[];
}
