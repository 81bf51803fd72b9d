import type { CaseInstanceTypes } from './case-file.js';

/** Offerings by name; what is left out is any. */
export interface StoryPool {
  readonly instanceType?: string;
  readonly zone?: string;
  readonly capacityType?: string;
}

interface StoryAnnotation {
  readonly name: string;
  readonly key: string;
  /** Absent: the annotation is removed. */
  readonly value?: string;
}

/** One line of a story's script: a time as a Go duration, and one of the other fields. Manifests stay undecoded. */
export interface StoryAction {
  readonly at: string;
  readonly scale?: { readonly deployment: string; readonly replicas: number };
  readonly deletePod?: string;
  readonly deleteNode?: string;
  readonly deleteNodeClaim?: string;
  readonly patchNodePool?: { readonly name: string; readonly spec: unknown };
  readonly makeUnavailable?: StoryPool;
  readonly makeAvailable?: StoryPool;
  readonly exhaust?: StoryPool;
  readonly restock?: StoryPool;
  readonly removeTaint?: { readonly node?: string; readonly key: string };
  readonly annotatePod?: StoryAnnotation;
  readonly annotateNode?: StoryAnnotation;
  readonly setPodDisruptionBudget?: unknown;
  readonly deletePodDisruptionBudget?: string;
}

/** How long a story's surroundings take, seconds. */
export interface StoryDelays {
  readonly launchSeconds: number;
  readonly registerSeconds: number;
  readonly readySeconds: number;
  readonly podStartSeconds: number;
  readonly podStopSeconds: number;
  readonly terminateSeconds: number;
  /** Absent: only the script removes startup taints. */
  readonly startupTaintSeconds?: number;
  /** Names of nodes. */
  readonly neverRegister?: readonly string[];
  readonly neverReady?: readonly string[];
}

/** A small cluster, its workloads and a script (life/FORMAT.md). */
export interface Story {
  readonly name: string;
  readonly duration: string;
  readonly settings?: {
    readonly featureGates?: Readonly<Record<string, boolean>>;
    readonly preferencePolicy?: 'Respect' | 'Ignore';
    readonly minValuesPolicy?: 'Strict' | 'BestEffort';
    readonly batchIdleDuration?: string;
    readonly batchMaxDuration?: string;
  };
  readonly instanceTypes?: CaseInstanceTypes;
  readonly nodePools?: readonly unknown[];
  readonly daemonSets?: readonly unknown[];
  readonly deployments?: readonly unknown[];
  readonly podDisruptionBudgets?: readonly unknown[];
  readonly world: StoryDelays;
  readonly script?: readonly StoryAction[];
}

/** Something that happened, `t` in seconds. */
export interface LifeEvent {
  readonly t: number;
  readonly type: string;
  readonly subject?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Where a run ended: nodes, and pod → node (empty: pending). */
export interface LifeFinal {
  readonly nodes: readonly {
    readonly name: string;
    readonly instanceType: string;
    readonly zone: string;
    readonly capacityType: string;
  }[];
  readonly pods: Readonly<Record<string, string>>;
}

/** The timeline of one run. */
export interface LifeRecording {
  readonly name: string;
  readonly events: readonly LifeEvent[];
  readonly final: LifeFinal;
}

/** A story with what the real controllers did, once for each way it went. */
export interface RecordedStory {
  readonly story: Story;
  readonly recording: LifeRecording;
  readonly agreement: { readonly withinSeconds: number; readonly shakenWithinSeconds: number };
  readonly alternatives?: readonly { readonly recording: LifeRecording }[];
}
