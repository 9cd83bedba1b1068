"""Hands mails in with smtplib: port, certificate, user, password."""
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

port, cert, user, password = int(sys.argv[1]), *sys.argv[2:]
shop = "shop@shop.example"


def mail(subject, to, policy=SMTP):
    m = EmailMessage(policy=policy)
    m["From"], m["To"], m["Subject"] = shop, to, subject
    m["Message-ID"] = "<%s@shop.example>" % subject.encode().hex()
    m.set_content("ご注文ありがとうございます。%s\n" % subject, cte="8bit")
    return m


with smtplib.SMTP("127.0.0.1", port, local_hostname="app.example") as c:
    assert c.send_message(mail("plain", "jiro@example.org")) == {}
    assert c.send_message(mail("dsn", "jiro@example.org"), mail_options=["RET=HDRS", "ENVID=e1"],
                          rcpt_options=["NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;jiro@example.org"]) == {}
    assert c.has_extn("smtputf8")
    assert c.send_message(mail("注文", "花子@例示.example", SMTPUTF8)) == {}
    attached = mail("attachment", "jiro@example.org")
    attached.add_attachment("x,y\r\n1,2\r\n".encode("cp932"), maintype="text", subtype="csv", filename="注文.csv")
    assert c.send_message(attached) == {}
    try:
        c.login(user, password)
        raise AssertionError("a password was taken in clear")
    except smtplib.SMTPNotSupportedError:
        pass

trust = ssl.create_default_context(cafile=cert)
with smtplib.SMTP("localhost", port, local_hostname="app.example") as c:
    c.starttls(context=trust)
    try:
        c.login(user, "wrong")
        raise AssertionError("a wrong password was taken")
    except smtplib.SMTPAuthenticationError:
        pass
    c.login(user, password)
    assert c.send_message(mail("tls", "jiro@example.org")) == {}
print("done")
