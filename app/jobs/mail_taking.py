"""What takes mail, built of what the application holds."""

from app.flows.correspondence import Correspondence
from app.gateways.mail_parsing import MailParsing
from app.gateways.sender_check import PublicDns, SenderCheck
from app.inbox.wire import from_wire
from app.jobs.take_mail import MailTaker, SenderTrust
from app.services import Services


def mail_taker(services: Services, *, children: int = 1) -> MailTaker:
    """A taker with its own pool of parsing children, which start when first needed."""
    config = services.config
    return MailTaker(
        database=services.database,
        blobs=services.blobs,
        parsing=MailParsing(from_wire, children=children),
        trust=SenderTrust(config.trusted_authserv_id, SenderCheck(PublicDns())),
        correspondence=Correspondence(config.secret_key, config.public_base_url),
    )
