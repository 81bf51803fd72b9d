import type { InstanceType } from '../cloud/instance-type.js';
import type { KnownOfferings } from '../cloud/prices/known-offerings.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import type { KarpenterVersion } from '../karpenter/settings.js';

/** What a scenario is checked against: the regions, zones and instance types there is data for. */
export interface ScenarioCatalogue {
  readonly typeNames: ReadonlySet<string>;
  readonly regions: readonly string[];
  /** Names of a region's zones. */
  readonly zones: (region: string) => readonly string[];
  /** Names that a user's own prices are checked against; without it they are refused. */
  readonly knownOfferings?: (() => KnownOfferings) | undefined;
  /**
   * Label requirements of types as a NodeClass presents them in these zones; all types when `names` is undefined. Without
   * this, whether a NodePool matches any type is not checked.
   */
  readonly typeRequirements?:
    ((query: TypeQuery) => readonly Pick<InstanceType, 'name' | 'requirements'>[]) | undefined;
}

/** Which types are asked for, and where. */
export interface TypeQuery {
  readonly names: readonly string[] | undefined;
  readonly nodeClass: EC2NodeClass;
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
}
