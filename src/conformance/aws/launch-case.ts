import type { RecordedAccount, RecordedMarks } from './recorded-account.js';

/** NodeClaims that are launched alike. */
export interface RecordedLaunch {
  readonly count?: number;
  readonly requirements: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
    readonly minValues?: number;
  }[];
  readonly requests?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How EC2 answers one CreateFleet call. */
export interface FleetScript {
  readonly apiError?: string;
  readonly errors?: readonly {
    readonly code: string;
    readonly types?: readonly string[];
    readonly zones?: readonly string[];
  }[];
  readonly pick?: number;
  readonly spread?: boolean;
  readonly instances?: number;
}

/** NodeClaims that are launched at one instant, and what EC2 says to it. */
export interface LaunchRound {
  readonly after?: string;
  readonly mark?: RecordedMarks;
  readonly nodeClaims: readonly RecordedLaunch[];
  readonly fleet?: readonly FleetScript[];
}

/** The case of a row of launch.jsonl. */
export interface LaunchCase extends RecordedAccount {
  readonly rounds: readonly LaunchRound[];
}

/** One CreateFleet call as recordings write it. */
export interface RecordedCall {
  readonly type: 'instant';
  readonly target: string;
  readonly targetCapacity: number;
  readonly strategy?: string;
  readonly reservationKind?: readonly string[];
  readonly templates: readonly RecordedTemplate[];
}

/** A launch template as recordings write it. */
export interface RecordedTemplate {
  readonly image: string;
  readonly maxPods: number;
  readonly overrides: readonly RecordedOverride[];
  readonly [field: string]: unknown;
}

/** A pool of a template. */
export interface RecordedOverride {
  readonly type: string;
  readonly zone: string;
  readonly subnet: string;
  readonly priority: number;
}

/** EC2's answer to a call. */
export interface FleetAnswer {
  readonly apiError?: string;
  readonly instances?: readonly { readonly type: string; readonly zone: string; readonly subnet: string }[];
  readonly errors?: readonly {
    readonly type: string;
    readonly zone: string;
    readonly subnet: string;
    readonly code: string;
  }[];
}
