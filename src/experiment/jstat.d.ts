/** The one part of jstat that is used; the package brings no types. */
declare module 'jstat' {
  const jstat: {
    /** Student's t distribution. */
    readonly studentt: {
      /** Value that a share `p` of the distribution lies below. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  };
  export default jstat;
}
