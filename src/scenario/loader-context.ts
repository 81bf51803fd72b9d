import type { KarpenterVersion } from '../karpenter/settings.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import type { ReadFile } from './file-reading.js';
import type { Override } from './overrides.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';

/** What a scenario document is resolved with. */
export interface LoaderContext {
  readonly version: KarpenterVersion;
  readonly catalogue: ScenarioCatalogue;
  readonly readFile: ReadFile;
  readonly overrides: readonly Override[];
  readonly seed?: number | undefined;
  readonly change?: { readonly file: string; readonly at: string } | undefined;
  readonly replacing?: string | undefined;
}

/** What comes up while a scenario is resolved, in the order in which it does. */
export interface LoaderFindings {
  readonly problems: Problem[];
  readonly remarks: string[];
  readonly unmodelled: UnmodelledField[];
}
