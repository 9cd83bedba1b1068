// Hands mails in with nodemailer: port, certificate, user, password.
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const [port, cert, user, pass] = process.argv.slice(2);
const from = 'shop@shop.example';

function released(info) {
  if (!/^250 2\.0\.0 \S+ released$/.test(info.response)) throw new Error(info.response);
}

async function main() {
  const pooled = nodemailer.createTransport({
    host: '127.0.0.1', port, name: 'app.example', pool: true, maxConnections: 3, maxMessages: 5, ignoreTLS: true,
  });
  const jobs = [];
  for (let i = 0; i < 20; i++) {
    jobs.push(pooled.sendMail({
      from, to: `pool${i}@example.jp`, subject: `ご注文 ${i}`, text: `ありがとうございます ${i}\n.\n..\n`,
      html: `<p>ありがとうございます ${i}</p>`, textEncoding: i % 2 ? 'base64' : 'quoted-printable',
    }));
  }
  (await Promise.all(jobs)).forEach(released);
  released(await pooled.sendMail({
    from, to: 'attachment@example.jp', subject: '納品書', text: 'hello',
    attachments: [{ filename: '納品書.csv', content: 'a,b\r\n1,2\r\n', contentType: 'text/csv; charset=utf-8' }],
  }));
  pooled.close();

  const secured = nodemailer.createTransport({
    host: 'localhost', port, requireTLS: true, tls: { ca: fs.readFileSync(cert) }, auth: { user, pass },
  });
  released(await secured.sendMail({ from, to: 'tls@example.jp', subject: 'tls', text: 'hello' }));
  secured.close();
  console.log('done');
}

main().catch((err) => { console.error(err); process.exit(1); });
