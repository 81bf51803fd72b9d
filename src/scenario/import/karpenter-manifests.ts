import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { KarpenterVersion } from '../../karpenter/settings.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { fieldOf, keyOf } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';

/** Karpenter's objects of a dump, in the one API version that its scenario speaks. */
export interface KarpenterManifests {
  readonly version: KarpenterVersion;
  readonly nodePools: readonly DumpObject[];
  readonly nodeClasses: readonly DumpObject[];
  readonly nodeClaims: readonly DumpObject[];
}

/** Stands for the subnets, security groups and roles of the cluster, which decide nothing here. */
const IMPORTED_TERMS = [{ tags: { imported: 'true' } }];

const ALIASES: Readonly<Record<string, string>> = {
  AL2: 'al2',
  AL2023: 'al2023',
  Bottlerocket: 'bottlerocket',
  Windows2019: 'windows2019',
  Windows2022: 'windows2022',
  Windows2025: 'windows2025',
};

/** v1 wherever it is spoken; a cluster that knows v1beta1 alone runs v0.32.0. */
export function karpenterManifests(dump: Dump, findings: ImportFindings): KarpenterManifests {
  const kinds = ['NodePool', 'EC2NodeClass', 'NodeClaim'];
  const api = (kind: string, version: string): string =>
    `${kind === 'EC2NodeClass' ? 'karpenter.k8s.aws' : 'karpenter.sh'}/${version}`;
  const [v1, v1beta1] = ['v1', 'v1beta1'].map((version) => ({
    version,
    count: kinds.reduce((sum, kind) => sum + dump.list(kind, api(kind, version)).length, 0),
  }));
  const old = v1?.count === 0 && (v1beta1?.count ?? 0) > 0;
  const spoken = old ? 'v1beta1' : 'v1';
  if (!old && (v1beta1?.count ?? 0) > 0) {
    findings.add('left-out', 'objects of karpenter.sh/v1beta1 beside those of v1', '', v1beta1?.count);
  }
  const list = (kind: string): readonly DumpObject[] => dump.list(kind, api(kind, spoken));
  const nodePools = list('NodePool');
  const nodeClasses = list('EC2NodeClass');
  for (const object of nodeClasses) {
    if (fieldOf(object, 'spec', 'amiFamily') !== undefined) continue;
    findings.add('guessed', 'EC2NodeClasses do not tell their AMI family: AL2023', keyOf(object));
  }
  return {
    version: old ? 'v0.32.0' : 'v1.14.1',
    nodePools,
    nodeClasses: [...nodeClasses, ...assumedClasses(nodePools, nodeClasses, old, findings)],
    nodeClaims: list('NodeClaim'),
  };
}

/** An EC2NodeClass with what its API asks for and an import leaves behind. */
export function completeNodeClass(object: DumpObject, version: KarpenterVersion): DumpObject {
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  const { amiFamily, ...rest } = spec;
  const family = typeof amiFamily === 'string' ? amiFamily : 'AL2023';
  return { ...object, spec: { ...identity(family, version === 'v0.32.0'), ...rest } };
}

function identity(family: string, old: boolean): object {
  const common = {
    role: 'imported',
    subnetSelectorTerms: IMPORTED_TERMS,
    securityGroupSelectorTerms: IMPORTED_TERMS,
  };
  const alias = ALIASES[family];
  if (old) return { amiFamily: family, ...(family === 'Custom' && { amiSelectorTerms: IMPORTED_TERMS }), ...common };
  return alias === undefined
    ? { amiFamily: 'Custom', amiSelectorTerms: IMPORTED_TERMS, ...common }
    : { amiSelectorTerms: [{ alias: `${alias}@latest` }], ...common };
}

/** An EC2NodeClass that NodePools name and the dump does not hold. */
function assumedClasses(
  nodePools: readonly DumpObject[],
  known: readonly DumpObject[],
  old: boolean,
  findings: ImportFindings,
): readonly DumpObject[] {
  const names = new Set(known.map((object) => String(fieldOf(object, 'metadata', 'name'))));
  const wanted = new Set(
    nodePools.map((pool) => String(fieldOf(pool, 'spec', 'template', 'spec', 'nodeClassRef', 'name'))),
  );
  return [...wanted]
    .filter((name) => !names.has(name))
    .map((name) => {
      findings.add('guessed', 'EC2NodeClasses are not in the dump: AL2023 with its defaults (AL2 for v0.32.0)', name);
      return {
        apiVersion: `karpenter.k8s.aws/${old ? 'v1beta1' : 'v1'}`,
        kind: 'EC2NodeClass',
        metadata: { name },
        spec: { amiFamily: old ? 'AL2' : 'AL2023' },
      };
    });
}
