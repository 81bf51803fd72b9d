import { decodeEC2NodeClassV1 } from '../../cloud/manifest/decode-node-class.js';
import type { EC2NodeClass } from '../../cloud/node-class.js';
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
  return readManifest({ metadata: { name: 'default' }, spec: { ...REQUIRED, ...spec } }, decodeEC2NodeClassV1);
}
