from doorward.core.kernel.ids import JobId
from doorward.core.limits.records import limit
from doorward.core.sessions.records import Caller
from doorward.worker.jobs import JOBS
from tests.house import ABROAD, HOME, PASSWORD, House, code_of


def test_answer_claim_run_again_sends_one_mail_whose_code_works(house: House) -> None:
    house.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)
    with house.store.work() as work:
        (job,) = work.outbox.lease(names=JOBS, now=house.clock.now(), until=house.clock.now(), limit=9)
    payload = house.tools.post.open(job)

    for _ in range(2):
        house.flows.answer_claim(job.id, payload)
    with house.store.work() as work:
        work.outbox.finish([job])
    (letter,) = house.deliver()

    assert house.flows.verify_email.by_code(letter.to, code_of(letter))


def test_answer_claim_that_is_gone_sends_nothing(house: House) -> None:
    house.flows.answer_claim(JobId("j" * 26), {"claim_id": "c" * 26})
    house.flows.answer_claim(JobId("k" * 26), {})

    assert house.deliver() == []


def test_answer_claim_stranger_who_spends_the_mails_of_an_address_leaves_the_owner_theirs(house: House) -> None:
    for number in range(8):
        house.flows.register(f"mallory{number}", "margaret@mail.example", password=PASSWORD, caller=ABROAD)
    strange = house.deliver()

    house.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)
    (letter,) = house.deliver()

    assert len(strange) == limit("mail_to_account").amount
    assert letter.username == "margaret"


def test_answer_claim_many_strangers_reach_an_end_too(house: House) -> None:
    for number in range(40):
        stranger = Caller(address=f"198.51.100.{number}")
        house.flows.register(f"mallory{number}", "margaret@mail.example", password=PASSWORD, caller=stranger)

    assert len(house.deliver()) == limit("mail_to_address").amount
