/** The parts of jstat that are used; the package brings no types. */
declare module 'jstat' {
  const jstat: {
    /** Student's t distribution. */
    readonly studentt: {
      /** Value that a share `p` of the distribution lies below. */
      inv(p: number, degreesOfFreedom: number): number;
    };
    readonly normal: {
      /** Share of the distribution that lies below `x`. */
      cdf(x: number, mean: number, deviation: number): number;
    };
  };
  export default jstat;
}
