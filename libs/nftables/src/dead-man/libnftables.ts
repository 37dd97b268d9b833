import { dlopen, toString } from 'node:ffi';

/** nft's own library, in this process: a transaction takes a tenth of a millisecond, and its answer is its return. */
export class Libnftables {
  private readonly library = dlopen('libnftables.so.1', {
    nft_ctx_new: { arguments: ['uint32'], return: 'pointer' },
    nft_ctx_free: { arguments: ['pointer'], return: 'void' },
    nft_ctx_buffer_output: { arguments: ['pointer'], return: 'int32' },
    nft_ctx_buffer_error: { arguments: ['pointer'], return: 'int32' },
    nft_ctx_get_error_buffer: { arguments: ['pointer'], return: 'pointer' },
    nft_run_cmd_from_buffer: { arguments: ['pointer', 'string'], return: 'int32' },
  });
  private readonly context: bigint;

  /** Throws when the library is not installed. */
  constructor() {
    const { functions } = this.library;
    this.context = functions.nft_ctx_new(0);
    functions.nft_ctx_buffer_output(this.context);
    functions.nft_ctx_buffer_error(this.context);
  }

  /** All of `commands`, or nothing. Undefined when done; else why not, in nft's words. */
  run(commands: string): string | undefined {
    const { functions } = this.library;
    if (functions.nft_run_cmd_from_buffer(this.context, commands) === 0) return undefined;
    return toString(functions.nft_ctx_get_error_buffer(this.context)) ?? 'nft gave no reason';
  }

  close(): void {
    this.library.functions.nft_ctx_free(this.context);
    this.library.lib.close();
  }
}
