import type { SealedMaterial } from '@evenkeel/contracts';
import type { Database } from './schema/tables.ts';

/** Safe to repeat: what is there under that name stays. */
export const keepMaterial = async (db: Database, { material, sealed }: SealedMaterial): Promise<void> => {
  await db
    .insertInto('certificate_material')
    .values({ material, sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

export const readMaterial = async (db: Database, material: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('certificate_material')
    .select('sealed')
    .where('material', '=', material)
    .executeTakeFirst();
  return row?.sealed;
};
