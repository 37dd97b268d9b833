import { type Cluster } from '@evenkeel/cluster';

/** The certificates of one node: files for HAProxy to start with, and what it runs. One call at a time. */
export interface Certificates {
  /**
   * Has the files of all these on disk as the book names them. Answers why not, in words, by the name of each that it lacks;
   * an older file under that name stays then. Safe to repeat, and cheap when nothing has changed.
   */
  hold(certificates: Cluster['certificates']): Promise<ReadonlyMap<string, string>>;

  /** SHA-1 of the certificates that HAProxy runs, by name, of those asked for; undefined when none runs. */
  running(names: readonly string[]): Promise<ReadonlyMap<string, string> | undefined>;

  /** Has HAProxy take what the file holds, without a reload. Answers its own words when it refuses: then it keeps the old one. */
  replace(name: string): Promise<string | undefined>;
}
