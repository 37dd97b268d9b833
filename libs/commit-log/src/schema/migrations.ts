import type { Migration } from 'kysely/migration';
import { book } from './0001-book.ts';
import { certificates } from './0002-certificates.ts';

/** Every step from an empty database to the present schema. Add to the end; never rename, never edit what was released. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_book': book,
  '0002_certificates': certificates,
};
