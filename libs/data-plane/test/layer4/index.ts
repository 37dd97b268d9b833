export {
  but,
  clientIn,
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  infinittCheck,
  inFamily,
  online,
  pictureOf,
  type ServerTale,
  type ServiceTale,
  threePacs,
} from './picture-of.ts';
export { nftablesSuite } from './nftables-suite.ts';
