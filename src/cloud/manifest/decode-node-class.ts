import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { hashFields } from '../../kubernetes/manifest/field-hash.js';
import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { AmiFamily, BlockDeviceMapping, EC2NodeClass, NetworkInterface } from '../node-class.js';
import { INSTANCE_MATCH_CRITERIA, type ReservationSelectorTerm } from '../launch/capacity-reservations.js';
import type { SelectorTerm } from '../launch/subnet-pool.js';
import { decodeKubelet } from './decode-kubelet.js';

/** What one API version of EC2NodeClass has and asks for. */
interface NodeClassVersion {
  readonly amiFamilies: readonly AmiFamily[];
  /** Known fields that change no capacity: they matter to drift, through the hash, or not at all. */
  readonly withoutEffect: readonly string[];
  /** Known fields that would change what is launched. */
  readonly unmodelled: readonly string[];
  /** Not part of the drift hash (aws.md §16). */
  readonly unhashed: readonly string[];
  readonly reservedTags: readonly string[];
  /** Fields of the other version, with what to do instead. */
  readonly moved: Readonly<Record<string, string>>;
}

const SELECTOR_TERMS = [
  'subnetSelectorTerms',
  'securityGroupSelectorTerms',
  'amiSelectorTerms',
  'capacityReservationSelectorTerms',
];

const V1: NodeClassVersion = {
  amiFamilies: ['AL2', 'AL2023', 'Bottlerocket', 'Custom', 'Windows2019', 'Windows2022', 'Windows2025'],
  withoutEffect: ['associatePublicIPAddress', 'context', 'metadataOptions', 'userData'],
  unmodelled: ['cpuOptions', 'ipPrefixCount', 'placementGroupSelector'],
  unhashed: [...SELECTOR_TERMS, 'ipPrefixCount', 'amiFamily'],
  reservedTags: [
    'eks:eks-cluster-name',
    'karpenter.sh/nodepool',
    'karpenter.sh/nodeclaim',
    'karpenter.k8s.aws/ec2nodeclass',
  ],
  moved: {},
};

const V1BETA1: NodeClassVersion = {
  amiFamilies: ['AL2', 'Bottlerocket', 'Ubuntu', 'Custom', 'Windows2019', 'Windows2022'],
  withoutEffect: ['context', 'metadataOptions', 'userData'],
  unmodelled: [],
  unhashed: SELECTOR_TERMS,
  reservedTags: ['karpenter.sh/provisioner-name', 'karpenter.sh/nodepool', 'karpenter.sh/managed-by'],
  moved: {
    kubelet: 'in v1beta1 it stands in the NodePool: spec.template.spec.kubelet',
    instanceProfile: 'v0.32.0 knows only role',
    instanceStorePolicy: 'v0.32.0 has none: local disks stay unused',
  },
};

const ALIAS_FAMILIES: Readonly<Record<string, AmiFamily>> = {
  al2: 'AL2',
  al2023: 'AL2023',
  bottlerocket: 'Bottlerocket',
  windows2019: 'Windows2019',
  windows2022: 'Windows2022',
  windows2025: 'Windows2025',
};

const VOLUME_TYPES = ['standard', 'io1', 'io2', 'gp2', 'sc1', 'st1', 'gp3'] as const;

/** EC2NodeClass, `karpenter.k8s.aws/v1`: refuses what the API server of v1.14.1 refuses. */
export function decodeEC2NodeClassV1(object: FieldReader): EC2NodeClass {
  return decode(object, V1, (spec) => {
    const role = spec.string('role');
    const profile = spec.string('instanceProfile');
    if ((role === undefined) === (profile === undefined)) {
      spec.refuse(undefined, "must specify exactly one of ['role', 'instanceProfile']");
    }
    if (profile === '') spec.refuse('instanceProfile', 'instanceProfile cannot be empty');
    if (!spec.has('amiSelectorTerms')) spec.missing('amiSelectorTerms', 'a list such as [{alias: al2@latest}]');
    return resolveAmiFamily(spec);
  });
}

/** EC2NodeClass, `karpenter.k8s.aws/v1beta1`: refuses what the API server of v0.32.0 refuses. */
export function decodeEC2NodeClassV1beta1(object: FieldReader): EC2NodeClass {
  return decode(object, V1BETA1, (spec) => {
    if (spec.requiredString('role') === '' && spec.has('role')) spec.refuse('role', 'role cannot be empty');
    if (!spec.has('amiFamily')) spec.missing('amiFamily', `one of ${V1BETA1.amiFamilies.join(', ')}`);
    const family = spec.oneOf('amiFamily', V1BETA1.amiFamilies) ?? 'AL2';
    if (family === 'Custom' && spec.count('amiSelectorTerms') === 0) {
      spec.refuse('amiFamily', "amiSelectorTerms is required when amiFamily == 'Custom'");
    }
    return family;
  });
}

function decode(
  object: FieldReader,
  version: NodeClassVersion,
  decodeIdentity: (spec: FieldReader) => AmiFamily,
): EC2NodeClass {
  object.beStrict().irrelevant('status');
  const metadata = decodeObjectMeta(object, 'EC2NodeClass', 'cluster');
  const spec = object.requiredObject('spec');
  const amiFamily = decodeIdentity(spec);
  for (const terms of ['subnetSelectorTerms', 'securityGroupSelectorTerms']) {
    if (!spec.has(terms)) spec.missing(terms, 'a list such as [{tags: {karpenter.sh/discovery: my-cluster}}]');
    else if (spec.count(terms) === 0) spec.refuse(terms, `${terms} cannot be empty`);
  }
  checkTags(spec, version);
  spec.irrelevant('amiSelectorTerms', ...version.withoutEffect);
  for (const key of version.unmodelled) if (spec.has(key)) spec.noteUnmodelled(key);
  for (const [key, hint] of Object.entries(version.moved)) spec.refuseUnknown(key, hint);
  const isV1 = version === V1;
  return {
    metadata,
    amiFamily,
    kubelet: isV1 ? decodeKubelet(spec) : undefined,
    blockDeviceMappings: decodeBlockDeviceMappings(spec),
    detailedMonitoring: spec.boolean('detailedMonitoring'),
    instanceStorePolicy: isV1 ? spec.oneOf('instanceStorePolicy', ['RAID0']) : undefined,
    networkInterfaces: isV1 ? decodeNetworkInterfaces(spec) : undefined,
    connectionTracking: isV1 ? hasConnectionTracking(spec) : undefined,
    subnetSelectorTerms: decodeSelectorTerms(spec, 'subnetSelectorTerms'),
    capacityReservationSelectorTerms: isV1 ? decodeReservationTerms(spec) : undefined,
    hash: hashSpec(object.raw('spec'), version, amiFamily),
  };
}

function hashSpec(spec: unknown, version: NodeClassVersion, amiFamily: AmiFamily): string {
  const fields = isRecord(spec) ? Object.entries(spec).filter(([key]) => !version.unhashed.includes(key)) : [];
  return hashFields({ ...Object.fromEntries(fields), resolvedAmiFamily: amiFamily });
}

function resolveAmiFamily(spec: FieldReader): AmiFamily {
  const given = spec.oneOf('amiFamily', V1.amiFamilies);
  const alias = spec.objects('amiSelectorTerms').flatMap((term) => {
    term.irrelevant('id', 'name', 'owner', 'ssmParameter', 'tags');
    const text = term.string('alias');
    return text === undefined ? [] : [{ term, text }];
  })[0];
  if (alias === undefined) {
    if (given === undefined && spec.has('amiSelectorTerms') && !spec.has('amiFamily')) {
      spec.refuse('amiSelectorTerms', 'must specify amiFamily if amiSelectorTerms does not contain an alias');
    }
    return given ?? 'AL2023';
  }
  const { term, text } = alias;
  if (spec.count('amiSelectorTerms') !== 1) {
    spec.refuse(
      'amiSelectorTerms',
      "'alias' is mutually exclusive, cannot be set with a combination of other amiSelectorTerms",
    );
  }
  const [name = ''] = text.split('@');
  const family = ALIAS_FAMILIES[name];
  if (!/^[a-zA-Z0-9]+@.+$/.test(text)) {
    term.refuse('alias', "'alias' is improperly formatted, must match the format 'family@version'", 'al2023@latest');
  } else if (family === undefined) {
    const families = Object.keys(ALIAS_FAMILIES).join(', ');
    term.refuse('alias', `family is not supported, must be one of the following: ${families}`);
  } else if (given !== undefined && given !== 'Custom' && given !== family) {
    spec.refuse('amiFamily', `if set, amiFamily must be '${family}' or 'Custom' when using a ${name} alias`);
  }
  return given ?? family ?? 'AL2023';
}

function decodeSelectorTerms(spec: FieldReader, key: string): SelectorTerm[] {
  return spec.objects(key).map((term) => ({
    id: term.string('id'),
    tags: term.has('tags') ? term.stringMap('tags') : undefined,
  }));
}

function decodeReservationTerms(spec: FieldReader): ReservationSelectorTerm[] {
  const key = 'capacityReservationSelectorTerms';
  const terms = spec.objects(key).map((term) => ({
    id: term.string('id'),
    ownerID: term.string('ownerID'),
    instanceMatchCriteria: term.oneOf('instanceMatchCriteria', INSTANCE_MATCH_CRITERIA),
    tags: term.has('tags') ? term.stringMap('tags') : undefined,
  }));
  if (terms.some(({ id, tags, instanceMatchCriteria }) => (id ?? tags ?? instanceMatchCriteria) === undefined)) {
    spec.refuse(key, "expected at least one, got none, ['tags', 'id', 'instanceMatchCriteria']", '[{id: cr-0a1b2c}]');
  }
  return terms;
}

function decodeNetworkInterfaces(spec: FieldReader): NetworkInterface[] {
  return spec.objects('networkInterfaces').map((entry) => ({
    networkCardIndex: entry.integer('networkCardIndex', { min: 0 }) ?? 0,
    deviceIndex: entry.integer('deviceIndex', { min: 0 }) ?? 0,
    interfaceType: entry.oneOf('interfaceType', ['interface', 'efa-only']) ?? 'interface',
  }));
}

/** The timeouts themselves change nothing here: that there are any leaves only Nitro types. */
function hasConnectionTracking(spec: FieldReader): boolean {
  spec.object('connectionTracking')?.restIrrelevant();
  return spec.has('connectionTracking');
}

function decodeBlockDeviceMappings(spec: FieldReader): BlockDeviceMapping[] {
  const mappings = spec.objects('blockDeviceMappings').map((mapping): BlockDeviceMapping => {
    const ebs = mapping.object('ebs');
    ebs?.irrelevant('deleteOnTermination', 'encrypted', 'kmsKeyID', 'snapshotID', 'volumeInitializationRate');
    if (ebs !== undefined && !ebs.keys().includes('snapshotID') && !ebs.has('volumeSize')) {
      mapping.refuse('ebs', 'snapshotID or volumeSize must be defined', 'volumeSize: 20Gi');
    }
    return {
      deviceName: mapping.string('deviceName') ?? '',
      rootVolume: mapping.boolean('rootVolume') ?? false,
      volumeSizeBytes: ebs && decodeVolumeSize(ebs),
      volumeType: ebs?.oneOf('volumeType', VOLUME_TYPES),
      iops: ebs?.integer('iops', { min: 0 }),
      throughput: ebs?.integer('throughput', { min: 0 }),
    };
  });
  if (mappings.filter(({ rootVolume }) => rootVolume).length > 1) {
    spec.refuse('blockDeviceMappings', 'must have only one blockDeviceMappings with rootVolume');
  }
  return mappings;
}

function decodeVolumeSize(ebs: FieldReader): number | undefined {
  const size = ebs.raw('volumeSize');
  if (typeof size !== 'string' || /^[1-9]\d{0,4}(Gi|G|Ti|T)$/.test(size)) return ebs.amount('volumeSize', 'storage');
  ebs.problem('volumeSize', {
    code: 'invalid-value',
    message: `"${size}" is not a volume size`,
    expected: 'a whole number with Gi, G, Ti or T, such as 20Gi',
  });
  return undefined;
}

function checkTags(spec: FieldReader, version: NodeClassVersion): void {
  for (const tag of Object.keys(spec.stringMap('tags'))) {
    if (tag === '') spec.refuse('tags', "empty tag keys aren't supported");
    const reserved = tag.startsWith('kubernetes.io/cluster') || version.reservedTags.includes(tag);
    if (reserved)
      spec.problem(['tags', tag], { code: 'refused-by-api-server', message: `tag ${tag} is restricted` }, 'key');
  }
}
