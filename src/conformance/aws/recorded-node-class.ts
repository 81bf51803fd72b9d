import { decodeEC2NodeClassV1 } from '../../cloud/manifest/decode-node-class.js';
import type { EC2NodeClass } from '../../cloud/node-class.js';
import { readPlain } from '../../kubernetes/manifest/read-session.js';
import { readManifest } from '../read-manifest.js';

/** What an EC2NodeClass must have and a recording leaves out, since its programs had no use for it. */
const REQUIRED = {
  amiFamily: 'AL2023',
  role: 'recorded',
  subnetSelectorTerms: [{ id: 'subnet-recorded' }],
  securityGroupSelectorTerms: [{ id: 'sg-recorded' }],
  amiSelectorTerms: [{ id: 'ami-recorded' }],
};

/** The NodeClass of a recording, which gives a part of its spec. @throws Error when it cannot be read */
export function recordedNodeClass(spec: object): EC2NodeClass {
  return readManifest(manifestOf(spec), decodeEC2NodeClassV1);
}

/** The same, with whether it has tags that Karpenter keeps for itself: launches refuse it then. */
export function readRecordedNodeClass(spec: Readonly<Record<string, unknown>>): {
  readonly value: EC2NodeClass;
  readonly hasRestrictedTags: boolean;
} {
  const { problems } = readPlain(manifestOf({ tags: spec['tags'] }), decodeEC2NodeClassV1);
  return { value: recordedNodeClass({ ...spec, tags: undefined }), hasRestrictedTags: problems.length > 0 };
}

function manifestOf(spec: object): unknown {
  return { metadata: { name: 'default' }, spec: { ...REQUIRED, ...spec } };
}
