/** The release of this build, as in package.json. */
export const release = '0.2.0'
