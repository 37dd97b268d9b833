export {
  but,
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  infinittCheck,
  online,
  pictureOf,
  type ServerTale,
  type ServiceTale,
  threePacs,
} from './picture-of.ts';
export { nftablesSuite } from './nftables-suite.ts';
