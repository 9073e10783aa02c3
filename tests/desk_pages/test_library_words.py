"""What libraries say on the desk's pages, in a language that they do not speak themselves."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import translation
from django.utils.translation import gettext, ngettext


@pytest.mark.parametrize(
    "text",
    [
        "Sign in with a passkey",
        "Incorrect password.",
        "The username and/or password you specified are not correct.",
        "Too many failed login attempts. Try again later.",
        "Your account is protected by two-factor authentication. Please enter an authenticator code:",
        "Sign Out Other Sessions",
    ],
)
def test_what_the_sign_in_library_says_is_said_in_hindi(text: str) -> None:
    with translation.override("hi"):
        assert gettext(text) != text


def test_a_short_password_is_refused_in_hindi() -> None:
    with translation.override("hi"):
        with pytest.raises(ValidationError) as refused:
            validate_password("q7!")
        messages = refused.value.messages
    assert "वर्ण हों।" in " ".join(messages)
    assert not any("password" in message.lower() for message in messages)


def test_a_number_of_characters_is_told_in_hindi() -> None:
    with translation.override("hi"):
        with pytest.raises(ValidationError) as refused:
            MaxLengthValidator(3)("four")
        assert refused.value.messages == ["इसमें अधिकतम 3 वर्ण हों (अभी 4 हैं)।"]


def test_one_recovery_code_left_is_told_with_its_numbers() -> None:
    one = "There is %(unused_count)s out of %(total_count)s recovery codes available."
    many = "There are %(unused_count)s out of %(total_count)s recovery codes available."
    with translation.override("hi"):
        said = ngettext(one, many, 1) % {"unused_count": 1, "total_count": 10}
    assert said == "10 में से 1 रिकवरी कोड शेष है।"
