// Preloaded into the example server, which listens on every interface and outlives the process that started it.
import net from 'node:net';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest);
};
process.on('disconnect', () => process.exit());
