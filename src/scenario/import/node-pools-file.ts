/** The file of an imported scenario that holds NodePools and EC2NodeClasses, to be copied and changed. */
export const NODE_POOLS_FILE = 'nodepools.yaml';
