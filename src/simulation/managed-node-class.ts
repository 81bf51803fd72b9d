import type { EC2NodeClass } from '../cloud/node-class.js';

/** What an EKS managed node runs on: AL2023 with its defaults. */
export const MANAGED_NODE_CLASS: EC2NodeClass = {
  metadata: {
    name: 'eks-managed',
    namespace: '',
    uid: 'eks-managed',
    labels: {},
    annotations: {},
    ownerReferences: [],
    creationTimeMs: 0,
  },
  amiFamily: 'AL2023',
  blockDeviceMappings: [],
  hash: '',
};
