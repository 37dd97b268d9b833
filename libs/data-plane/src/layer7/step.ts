import { type AdminState } from './admin-state.ts';

/** Where a step acts. */
type Target = { readonly service: string; readonly server: string };

/**
 * One thing to do to a running HAProxy without a reload. Each but `add-server` is safe to repeat. All but the last two can
 * be seen in HAProxy afterwards, and are lost at a reload unless the files have them.
 */
export type Step =
  /** In maintenance: nobody is sent there before it is told to be ready. `words`: what haproxy.cfg says after its name. */
  | (Target & { readonly kind: 'add-server'; readonly words: readonly (string | number)[] })
  /** Of a server in maintenance. It stays while it has connections: then a later try will do. */
  | (Target & { readonly kind: 'delete-server' })
  | (Target & { readonly kind: 'set-state'; readonly state: AdminState })
  | (Target & { readonly kind: 'set-health'; readonly health: 'up' | 'down' })
  /** 0 to 256, absolute. Lasts through a reload only if haproxy.cfg says the same. */
  | (Target & { readonly kind: 'set-weight'; readonly weight: number })
  | (Target & { readonly kind: 'set-address'; readonly address: string; readonly port: number | undefined })
  /** 0 = no limit. */
  | (Target & { readonly kind: 'set-max-connections'; readonly maxConnections: number })
  /** Clears the server's clients from the service's stick table. */
  | (Target & { readonly kind: 'forget-clients'; readonly serverId: number })
  /** Ends the server's open connections, those of old workers too. */
  | (Target & { readonly kind: 'close-connections' });
