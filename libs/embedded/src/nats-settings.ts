export type NatsSettings = { readonly port: number; readonly user: string; readonly password: string };

/**
 * The configuration file of `nats-server`, to be read from its working folder.
 * Source: docs.nats.io, "Server configuration"; tried on 2.9.10.
 */
export const natsConfiguration = ({ port, user, password }: NatsSettings): string => `\
listen: "127.0.0.1:${port}"
server_name: evenkeel
authorization { user: "${user}", password: "${password}" }
# A commit that applies a whole blueprint is one message; 8 MB is the server's own advised maximum.
max_payload: 8MB
jetstream { store_dir: "." }
`;
