import type { KarpenterVersion } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import { IRRELEVANT_KINDS, UNMODELLED_KINDS } from './object-kinds.js';

/** What becomes of an object that no reader takes. */
export type UnreadKind =
  | { readonly as: 'irrelevant' }
  | { readonly as: 'unmodelled' }
  | {
      readonly as: 'problem';
      readonly at: 'kind' | 'apiVersion';
      readonly detail: ProblemDetail;
      /** It is of the other version of Karpenter, and no mistake beside manifests of this one. */
      readonly ofOtherKarpenter: boolean;
    };

/** What is known about the reading at hand. */
interface Reading {
  readonly version: KarpenterVersion;
  /** `apiVersion kind` of everything that is read. */
  readonly served: readonly string[];
  readonly refusesUnknownKinds: boolean;
  /** The state of the cluster is read from elsewhere. */
  readonly hasStartState: boolean;
}

/** What a dump has besides what its owners wrote: a scenario reads it as its start state. */
const STATE_KINDS: ReadonlySet<string> = new Set(['Node', 'NodeClaim', 'ReplicaSet', 'CSINode']);

/** Judges an object by kind and API version: not ours to care, not modelled, or a mistake. */
export function unreadKind(apiVersion: string, kind: string, reading: Reading): UnreadKind {
  const served = reading.served.map((key) => key.split(' ') as [string, string]);
  const sameKind = served.find(([, known]) => known === kind);
  if (sameKind !== undefined) return otherApiVersion(apiVersion, kind, sameKind[0], reading);
  if (IRRELEVANT_KINDS.has(kind)) return { as: 'irrelevant' };
  if (!reading.refusesUnknownKinds && STATE_KINDS.has(kind)) {
    return { as: reading.hasStartState ? 'irrelevant' : 'unmodelled' };
  }
  const ofSameVersion = served.filter(([version]) => version === apiVersion).map(([, known]) => known);
  const misspelt = didYouMean(kind, ofSameVersion);
  const problem = (detail: Omit<ProblemDetail, 'code'>): UnreadKind => ({
    as: 'problem',
    at: 'kind',
    detail: { code: 'unsupported-kind', ...detail },
    ofOtherKarpenter: false,
  });
  if (reading.refusesUnknownKinds && UNMODELLED_KINDS.has(kind)) return { as: 'unmodelled' };
  if (misspelt !== undefined) return problem({ message: `unknown kind "${kind}"`, hint: misspelt });
  if (kind === 'Provisioner' || kind === 'AWSNodeTemplate') {
    const hint = kind === 'Provisioner' ? 'convert it to a NodePool' : 'convert it to an EC2NodeClass';
    return problem({ message: `${kind} is of Karpenter before v0.32`, hint });
  }
  if (!reading.refusesUnknownKinds) return { as: 'unmodelled' };
  return problem({
    message: `unknown kind "${kind}" (${apiVersion})`,
    expected: 'a kind of Kubernetes or Karpenter',
    hint: didYouMean(kind, [...served.map(([, known]) => known), ...UNMODELLED_KINDS]) ?? 'leave it out of the cluster',
  });
}

function otherApiVersion(
  apiVersion: string,
  kind: string,
  expected: string,
  { version, refusesUnknownKinds }: Reading,
): UnreadKind {
  const karpenter = expected.startsWith('karpenter.');
  const detail: ProblemDetail = {
    code: 'unsupported-kind',
    message: karpenter
      ? `Karpenter ${version} does not serve ${kind} ${apiVersion}`
      : `${kind} ${apiVersion} is not read`,
    expected,
    hint: karpenter
      ? `${refusesUnknownKinds ? '' : `name files for ${version} under manifests, or `}choose the other version`
      : `write it as ${expected}`,
  };
  return { as: 'problem', at: 'apiVersion', detail, ofOtherKarpenter: karpenter && /\/v1(beta1)?$/.test(apiVersion) };
}
