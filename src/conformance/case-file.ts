/** Kinds of question that a case asks; a file may have others, which nothing here answers. */
export type CaseKind = 'provisioning' | 'disruption' | 'conditions' | 'other';

/** An instance type as a case or catalogue writes it. */
export interface CaseInstanceType {
  readonly name: string;
  readonly capacity: Readonly<Record<string, string>>;
  readonly overhead?: Readonly<Record<string, string>>;
  readonly requirements?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
    readonly minValues?: number;
  }[];
  readonly offerings?: readonly {
    readonly zone: string;
    readonly capacityType: string;
    readonly price: number;
    readonly available: boolean;
    readonly reservationId?: string;
    readonly reservationCapacity?: number;
  }[];
}

/** A condition of a NodeClaim: its reason, or the reason with the time of the transition. */
export type CaseCondition = string | { readonly reason?: string; readonly lastTransitionTime?: string };

/** A node of a case, with its NodeClaim unless Karpenter does not manage it. */
export interface CaseNode {
  readonly name: string;
  readonly nodePool?: string;
  readonly nodeClaim?: string;
  readonly instanceType?: string;
  readonly zone?: string;
  readonly capacityType?: string;
  readonly capacity?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly unknown[];
  readonly startupTaints?: readonly unknown[];
  readonly createdAt?: string;
  readonly phase?: 'initialized' | 'registered' | 'launched';
  readonly conditions?: Readonly<Record<string, CaseCondition>>;
  readonly lastPodEventTime?: string;
  readonly expireAfter?: string;
  readonly terminationGracePeriod?: string;
  readonly deleting?: boolean;
  readonly nominated?: boolean;
}

/** A catalogue's name, or the types themselves. */
export type CaseInstanceTypes = string | readonly CaseInstanceType[];

/** One cluster at one instant, as a line of a case file describes it. Manifests stay undecoded. */
export interface CaseFile {
  readonly name: string;
  readonly kind: CaseKind;
  readonly now: string;
  readonly settings?: {
    readonly preferencePolicy?: 'Respect' | 'Ignore';
    readonly minValuesPolicy?: 'Strict' | 'BestEffort';
    readonly featureGates?: Readonly<Record<string, boolean>>;
  };
  readonly instanceTypes?: CaseInstanceTypes;
  readonly instanceTypesByNodePool?: Readonly<Record<string, CaseInstanceTypes>>;
  readonly nodePools?: readonly unknown[];
  readonly nodes?: readonly CaseNode[];
  readonly pods?: readonly unknown[];
  readonly daemonSets?: readonly unknown[];
  readonly podDisruptionBudgets?: readonly unknown[];
  readonly persistentVolumes?: readonly unknown[];
  readonly persistentVolumeClaims?: readonly unknown[];
  readonly storageClasses?: readonly unknown[];
  readonly namespaces?: readonly unknown[];
}

/** One answer of the real controller and how often it was given. */
export interface RecordedOutcome<T = unknown> {
  readonly count: number;
  readonly result: T;
}

/** What the real controller decided for a case. */
export interface Recording {
  readonly name: string;
  readonly runs: number;
  readonly outcomes?: readonly RecordedOutcome[];
  /** Kind disruption: outcomes per method, since their ties are independent of each other. */
  readonly methods?: readonly { readonly method: string; readonly outcomes: readonly RecordedOutcome[] }[];
}

/** A case with its recording. */
export interface RecordedCase {
  /** As the folder says; not every version can be simulated. */
  readonly version: string;
  readonly caseFile: CaseFile;
  /** Undefined: the folder has no recording of that name. */
  readonly recording: Recording | undefined;
}
